//! How long is waited: durations in Go's form, and what they bound.

use super::{Case, case, drive};
use crate::support::told::Kind;

#[test]
fn durations_are_those_of_go_and_bound_every_wait() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let variable = |name, text: &str| case(name).args("-s {A}").env("NATS_TIMEOUT", text);
    vec![
        variable("minutes and seconds", "1m30s")
            .shows(&["timeout .. 1m30s .. environment NATS_TIMEOUT"]),
        variable("less than a second", ".5s").shows(&["timeout .. NATS_TIMEOUT"]),
        variable("a fraction", "1.5s"),
        variable("hours", "2h"),
        variable("a time without a unit", "5").fails(2, &["NATS_TIMEOUT"]),
        variable("a time that is none", "soon").fails(2, &["NATS_TIMEOUT"]),
        case("hours as an option").args("-s {A} --timeout 2h"),
        case("less than a second as an option").args("-s {A} --timeout .5s"),
        case("an option without a unit").args("-s {A} --timeout 5").fails(2, &["--timeout"]),
        case("the default").args("-s {A}").shows(&["timeout .. 5s .. default"]),
        variable("a server that is silent", "300ms")
            .servers(&[Kind::Silent])
            .fails(1, &["no answer"])
            .within(5),
        variable("a server that gives no answer", "300ms")
            .servers(&[Kind::Mute])
            .args("-s {A} --retry-for 0s")
            .told('A', crate::support::told::Login::none())
            .fails(1, &["no answer"])
            .within(5),
    ]
}
