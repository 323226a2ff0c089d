use super::*;
use crate::domain::Window;

#[test]
fn counts_sizes_and_ranges() {
    let table = [
        (0, "0"),
        (999, "999"),
        (1_000, "1,000"),
        (12_345, "12,345"),
        (u64::MAX, "18,446,744,073,709,551,615"),
    ];
    for (n, expected) in table {
        assert_eq!(count(n), expected);
    }
    let table = [
        (0, "0 B"),
        (1_023, "1023 B"),
        (1_024, "1.0 KiB"),
        (1_536, "1.5 KiB"),
        (5 << 20, "5.0 MiB"),
    ];
    for (n, expected) in table {
        assert_eq!(bytes(n), expected);
    }
    assert_eq!(range(Window::new(9_803, 9_811).unwrap()), "9,803-9,811");
    assert_eq!(range(Window::one(57)), "57");
    let table = [
        (0, "0.0 ms"),
        (420, "0.4 ms"),
        (9_999, "9.9 ms"),
        (10_000, "10 ms"),
        (1_234_567, "1,234 ms"),
    ];
    for (n, expected) in table {
        assert_eq!(millis(n), expected);
    }
}

#[test]
fn ages_in_two_units_at_most() {
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
    let at = |seconds: i64| Timestamp::from_second(now.as_second() - seconds).unwrap();
    let table = [
        (0, "<1m"),
        (59, "<1m"),
        (60, "1m"),
        (3_599, "59m"),
        (3_600, "1h"),
        (11_520, "3h 12m"),
        (86_400, "1d"),
        (6 * 86_400 + 4 * 3_600 + 59, "6d 4h"),
        (760 * 86_400, "2y 30d"),
        (120 * 86_400 + 3_600, "120d"),
        (-5, "<1m"),
        (-300, "in 5m"),
    ];
    for (seconds, expected) in table {
        assert_eq!(age(at(seconds), now), expected);
    }
    assert!(age(Timestamp::MIN, Timestamp::MAX).starts_with("200"));
}

#[test]
fn ages_count_elapsed_time_and_not_second_marks() {
    let then: Timestamp = "2026-11-20T12:00:00.9Z".parse().unwrap();
    let now: Timestamp = "2026-11-20T12:00:01.1Z".parse().unwrap();
    assert_eq!(age(then, now), "<1m");
    assert_eq!(age(now, then), "<1m", "less than a second ahead is now");
}

#[test]
fn times_of_a_zone() {
    let time: Timestamp = "2026-11-20T23:03:11.004000005Z".parse().unwrap();
    let later: Timestamp = "2026-11-21T00:05:40Z".parse().unwrap();
    let utc = TimeZone::UTC;
    let east = TimeZone::fixed(jiff::tz::offset(2));
    assert_eq!(clock(time, &utc), "23:03:11");
    assert_eq!(date_clock(time, &east), "2026-11-21 01:03:11");
    assert_eq!(precise(time, &utc), "2026-11-20T23:03:11.004000005+00:00");
    assert_eq!(precise(time, &east), "2026-11-21T01:03:11.004000005+02:00");
    assert_eq!(
        span_ends(time, later, &utc),
        ("2026-11-20 23:03:11".into(), "2026-11-21 00:05:40".into())
    );
    assert_eq!(span_ends(time, later, &east), ("01:03:11".into(), "02:05:40".into()));
}
