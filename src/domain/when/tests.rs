use super::*;

const NOW: &str = "2026-11-23T15:30:45.5Z";

fn berlin() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn read(text: &str) -> Result<Spot, BadSpot> {
    parse(text, NOW.parse().unwrap(), &berlin())
}

#[test]
fn digits_are_sequences() {
    for (text, seq) in [("1", 1), (" 12345 ", 12_345), ("9,812", 9_812), ("2026", 2026)] {
        assert_eq!(read(text), Ok(Spot::Sequence(seq)));
    }
    assert_eq!(read("18446744073709551615"), Ok(Spot::Sequence(u64::MAX)));
    for text in ["0", "18446744073709551616", ","] {
        assert_eq!(read(text), Err(BadSpot::NoSequence(text.into())));
    }
}

#[test]
fn times_are_local_unless_an_offset_is_given() {
    let (day, minute, second, nano) = (86_400_000_000_000, 60_000_000_000, 1_000_000_000, 1);
    let table = [
        ("2026-11-20 14:03", "2026-11-20T13:03:00Z", minute),
        ("2026-11-20T14:03", "2026-11-20T13:03:00Z", minute),
        ("2026-11-20 14:03:09", "2026-11-20T13:03:09Z", second),
        ("2026-11-20 14:03:09.25", "2026-11-20T13:03:09.25Z", nano),
        ("2026-11-20 9:03", "2026-11-20T08:03:00Z", minute),
        ("2026-07-20 14:03", "2026-07-20T12:03:00Z", minute),
        ("2026-11-20", "2026-11-19T23:00:00Z", day),
        ("2026-11-20T14:03:00Z", "2026-11-20T14:03:00Z", second),
        ("2026-11-20t14:03:00z", "2026-11-20T14:03:00Z", second),
        ("2026-11-20T14:03:00.5+02:00", "2026-11-20T12:03:00.5Z", nano),
        ("2026-11-20 14:03-05:00", "2026-11-20T19:03:00Z", minute),
        ("14:03", "2026-11-23T13:03:00Z", minute),
        ("4:03:09", "2026-11-23T03:03:09Z", second),
        ("today", "2026-11-22T23:00:00Z", day),
        ("today 00:30", "2026-11-22T23:30:00Z", minute),
        ("yesterday 14:00", "2026-11-22T13:00:00Z", minute),
        ("Yesterday", "2026-11-21T23:00:00Z", day),
        ("now", NOW, second),
        ("3h ago", "2026-11-23T12:30:45.5Z", minute),
        ("90s ago", "2026-11-23T15:29:15.5Z", second),
        ("1 day 2 hours ago", "2026-11-22T13:30:45.5Z", minute),
        ("1d2h ago", "2026-11-22T13:30:45.5Z", minute),
        ("2 weeks ago", "2026-11-09T15:30:45.5Z", minute),
        ("1h 1h ago", "2026-11-23T13:30:45.5Z", minute),
        // Thirty days by the calendar, over the end of summer time.
        ("30 days ago", "2026-10-24T14:30:45.5Z", minute),
        ("30 minutes ago", "2026-11-23T15:00:45.5Z", minute),
        // Skipped by the clocks, and shown by them twice.
        ("2026-03-29 02:30", "2026-03-29T01:30:00Z", minute),
        ("2026-10-25 02:30", "2026-10-25T00:30:00Z", minute),
    ];
    for (text, at, grain) in table {
        let when = When { at: at.parse().unwrap(), grain: SignedDuration::from_nanos(grain) };
        assert_eq!(read(text), Ok(Spot::Time(when)), "{text}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let table = [
        ("", "type a sequence (12345) or a time (14:03, 3h ago)"),
        ("2026-02-30", "'2026-02-30' is no date; as in 2026-11-20"),
        ("2026-13-01 10:00", "'2026-13-01' is no date; as in 2026-11-20"),
        ("25:00", "'25:00' is no time of day; from 00:00 to 23:59:59"),
        ("yesterday 14", "'14' is no time of day; from 00:00 to 23:59:59"),
        ("2026-11-20 14:03+x", "'14:03+x' is no time of day; from 00:00 to 23:59:59"),
        ("2026-11-20 14:60", "'14:60' is no time of day; from 00:00 to 23:59:59"),
        ("3 ago", "'3' is no span of time; as in 3h ago, 2 days ago, 1h 30m ago"),
        ("ago", "'' is no span of time; as in 3h ago, 2 days ago, 1h 30m ago"),
        (
            "3 fortnights ago",
            "'3 fortnights' is no span of time; as in 3h ago, 2 days ago, 1h 30m ago",
        ),
        (
            "99999999999999999999h ago",
            "'99999999999999999999h' is no span of time; as in 3h ago, 2 days ago, 1h 30m ago",
        ),
        (
            "soon\u{1b}",
            "'soon\\x1b' is no sequence or time; as in 12345, 14:03, 3h ago, 2026-11-20 14:03",
        ),
    ];
    for (text, error) in table {
        assert_eq!(read(text).unwrap_err().to_string(), error);
    }
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "[-0-9:.,TZagodhms +é]{0,24}|\\PC{0,12}") {
        let _ = read(&text);
    }
}
