//! Lists in which an address has a login: no other server is told it.

use super::{Case, case, drive};
use crate::support::told::{Kind, Login};

#[test]
fn no_server_is_told_the_login_of_another_address() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let me = || Login::user("me", "s3cr3t");
    let list = |name, args, kinds: &[Kind]| case(name).args(args).servers(kinds);
    let with_tls =
        |name, args, kinds: &[Kind]| list(name, args, kinds).env("SSL_CERT_FILE", "{CA}");
    let user = "-s nats://me:s3cr3t@{A},nats://{B}";
    let token = "-s nats://s3cr3t@{A},nats://{B}";
    vec![
        list("a user of the first", user, &[Kind::Plain; 2]).tells(me()),
        list("a token of the first", token, &[Kind::Plain; 2]).tells(Login::token("s3cr3t")),
        list("a user of the first, which refuses it", user, &[Kind::Refuses, Kind::Plain])
            .tells(me())
            .connects('B'),
        list("a token of the first, which refuses it", token, &[Kind::Refuses, Kind::Plain])
            .tells(Login::token("s3cr3t"))
            .connects('B'),
        list("a user of the first, which then dies", user, &[Kind::Drops, Kind::Plain])
            .tells(me())
            .connects('B'),
        list("a user of the first, which is silent", user, &[Kind::Silent, Kind::Plain])
            .connects('B'),
        list("a user of the last", "-s nats://{A},nats://me:s3cr3t@{B}", &[Kind::Plain; 2]),
        list(
            "a user of the last, and the first refuses",
            "-s nats://{A},nats://me:s3cr3t@{B}",
            &[Kind::Refuses, Kind::Plain],
        )
        .told('A', Login::none())
        .told('B', me())
        .connects('B'),
        list(
            "the option repeated",
            "-s nats://me:s3cr3t@{A} -s nats://{B}",
            &[Kind::Refuses, Kind::Plain],
        )
        .tells(me())
        .connects('B')
        .differs("the nats CLI takes the option once"),
        list(
            "different logins",
            "-s nats://me:s3cr3t@{A},nats://you:other-s3cr3t@{B},nats://tok-s3cr3t@{C}",
            &[Kind::Refuses, Kind::Refuses, Kind::Plain],
        )
        .tells(me())
        .told('B', Login::user("you", "other-s3cr3t"))
        .told('C', Login::token("tok-s3cr3t"))
        .connects('C'),
        with_tls(
            "a user of a tls:// address beside a plain one",
            "-s tls://me:s3cr3t@{A},nats://{B}",
            &[Kind::Tls, Kind::Plain],
        )
        .tells(me()),
        with_tls(
            "a user of a tls:// address, which refuses it, beside a plain one",
            "-s tls://me:s3cr3t@{A},nats://{B}",
            &[Kind::RefusesTls, Kind::Plain],
        )
        .tells(me())
        .fails(1, &["{A} .. {B}"]),
        with_tls(
            "a user of a plain address beside a tls:// one",
            "-s nats://me:s3cr3t@{A},tls://{B}",
            &[Kind::Plain, Kind::Tls],
        )
        .connects('B'),
        with_tls(
            "a token of a plain address beside a tls:// one",
            "-s nats://s3cr3t@{A},tls://{B}",
            &[Kind::Plain, Kind::Tls],
        )
        .connects('B'),
        with_tls(
            "a general login, a plain address and a tls:// one",
            "-s nats://{A},tls://{B} --token s3cr3t",
            &[Kind::Plain, Kind::Tls],
        )
        .told('B', Login::token("s3cr3t"))
        .connects('B'),
        with_tls(
            "a plain address that can speak TLS beside a tls:// one",
            "-s tls://s3cr3t@{A},nats://{B}",
            &[Kind::RefusesTls, Kind::Tls],
        )
        .tells(Login::token("s3cr3t"))
        .connects('B'),
    ]
}
