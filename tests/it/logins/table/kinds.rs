//! Servers that refuse, say nothing, or are none: what is tried next, and what is said.

use super::{Case, case, drive};
use crate::support::told::{Kind, Login};

#[test]
fn the_next_server_is_tried_whatever_the_first_one_is() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let me = || Login::user("me", "s3cr3t");
    let list = |name, kinds: &[Kind]| {
        case(name).args("-s {A},{B} --user me --password s3cr3t").servers(kinds)
    };
    let one = |name, kind| case(name).args("-s {A} --user me --password s3cr3t").servers(&[kind]);
    vec![
        list("refusing, then good", &[Kind::Refuses, Kind::Plain])
            .tells(me())
            .told('B', me())
            .connects('B'),
        list("silent, then good", &[Kind::Silent, Kind::Plain]).told('B', me()).connects('B'),
        list("HTTP, then good", &[Kind::Http, Kind::Plain]).told('B', me()).connects('B'),
        list("closing, then good", &[Kind::Closes, Kind::Plain]).told('B', me()).connects('B'),
        list("dying, then good", &[Kind::Drops, Kind::Plain])
            .tells(me())
            .told('B', me())
            .connects('B'),
        case("nobody there, then good")
            .args("-s 127.0.0.1:1,{A} --user me --password s3cr3t")
            .tells(me()),
        list("good, then refusing", &[Kind::Plain, Kind::Refuses]).tells(me()),
        list("refusing both", &[Kind::Refuses; 2])
            .tells(me())
            .told('B', me())
            .fails(1, &["refused the credentials"]),
        list("refusing and silent", &[Kind::Refuses, Kind::Silent])
            .args("--timeout 1s")
            .tells(me())
            .fails(1, &["refused the credentials"]),
        one("refusing", Kind::Refuses).tells(me()).fails(1, &["refused the credentials"]),
        one("silent", Kind::Silent).args("--timeout 300ms").fails(1, &["no answer"]).within(5),
        one("HTTP", Kind::Http).args("--timeout 300ms").fails(1, &["{A}"]).within(5),
        one("closing", Kind::Closes).fails(1, &["{A}"]),
        case("refusing, and there is no login")
            .args("-s {A}")
            .servers(&[Kind::Refuses])
            .told('A', Login::none())
            .fails(1, &["credentials"]),
    ]
}
