//! Many runs of what must never go wrong: `ROOMSCOPE_RUNS=100` makes more of them than there is
//! time for every day.

use std::time::Duration;

use roomscope::domain::Connection;
use roomscope::store::HistoryStore as _;
use roomscope::store::nats::{ConnectOptions, NatsStore};

use crate::support::program::command;
use crate::support::told::{Certificate, First, Kind, Login};
use crate::support::{Told, wait};

/// How often, unless the environment says otherwise.
fn runs(otherwise: usize) -> usize {
    std::env::var("ROOMSCOPE_RUNS").map_or(otherwise, |text| text.parse().unwrap())
}

/// The program's exit code with this list of servers, whose certificates it trusts.
fn code(list: &str) -> i32 {
    let mut command = command(&["rooms", "--json", "--no-context", "-s", list]);
    command.env("SSL_CERT_FILE", Certificate::of_all().ca());
    command.output().unwrap().status.code().unwrap()
}

/// What the first of two servers is, the schemes of both, and whether the program ends well.
const FIRST: [(Kind, &str, &str, Kind, bool); 8] = [
    (Kind::Plain, "nats", "nats", Kind::Plain, true),
    (Kind::Refuses, "nats", "nats", Kind::Plain, true),
    (Kind::Drops, "nats", "nats", Kind::Plain, true),
    (Kind::Tls, "tls", "nats", Kind::Plain, true),
    // Once one address is tls://, the other is told nothing in clear, whatever it is.
    (Kind::RefusesTls, "tls", "nats", Kind::Plain, false),
    (Kind::RefusesTls, "tls", "nats", Kind::Tls, true),
    (Kind::Plain, "nats", "tls", Kind::Tls, true),
    (Kind::Refuses, "nats", "tls", Kind::Tls, true),
];

fn second_is_told_nothing(login: &str, wanted: &Login) {
    for run in 0..runs(10) {
        for (first, its, others, second, ends_well) in FIRST {
            let (a, b) = (Told::start(first), Told::start(second));
            let list = format!("{its}://{login}@{},{others}://{}", a.at(), b.at());
            let case = format!("run {run}: {first:?} by {its}://, {second:?} by {others}://");
            assert_eq!(code(&list) == 0, ends_well, "{case}");
            for one in a.heard() {
                assert!(one.login.is_none_or(|told| told == *wanted), "{case}");
            }
            let is_tls = its == "tls" || others == "tls";
            for one in b.heard() {
                assert!(one.login.is_none_or(|told| told == Login::none()), "{case}");
                assert!(!is_tls || one.first != First::Clear, "{case}");
                assert!(!String::from_utf8_lossy(&one.bytes).contains("s3cr3t"), "{case}");
            }
        }
    }
}

#[test]
fn the_second_server_is_never_told_the_user_of_the_first() {
    second_is_told_nothing("me:s3cr3t", &Login::user("me", "s3cr3t"));
}

#[test]
fn the_second_server_is_never_told_the_token_of_the_first() {
    second_is_told_nothing("s3cr3t", &Login::token("s3cr3t"));
}

#[test]
fn lists_with_bad_servers_connect_to_the_good_one_in_every_order() {
    let kinds = [Kind::Refuses, Kind::Silent, Kind::Http, Kind::Plain];
    let orders: Vec<[usize; 4]> = (0..256_usize)
        .map(|n| [n & 3, n >> 2 & 3, n >> 4 & 3, n >> 6])
        .filter(|order| (0..4).all(|one| order.contains(&one)))
        .collect();
    assert_eq!(orders.len(), 24);
    for run in 0..runs(1) {
        std::thread::scope(|scope| {
            for some in orders.chunks(6) {
                scope.spawn(move || {
                    for order in some {
                        let servers = order.map(|at| Told::start(kinds[at]));
                        let list = servers.iter().map(Told::at).collect::<Vec<_>>().join(",");
                        let started = std::time::Instant::now();
                        assert_eq!(code(&list), 0, "run {run}: {:?}", order.map(|at| kinds[at]));
                        // One wait for a connection, with the time to start and ask.
                        assert!(started.elapsed() < ConnectOptions::TIMEOUT * 2);
                    }
                });
            }
        });
    }
}

/// A server that announces another, and what the other is told when the first is gone.
async fn told_by_announcement(login_in_address: bool) -> Option<Login> {
    let other = Told::start(Kind::Plain);
    let at = other.at();
    let first = Told::announcing(Kind::Plain, &[&at]);
    let mut options = ConnectOptions::new(first.at());
    if login_in_address {
        options.servers = vec![format!("nats://me:s3cr3t@{}", first.at())];
    } else {
        options.user = Some("me".into());
        options.password = Some("s3cr3t".into());
    }
    let store = NatsStore::connect_now(&options, Duration::from_secs(10)).await.unwrap();
    drop(first);
    let mut connection = store.connection();
    let gone_on = |now: &Connection| match now {
        Connection::Connected { address, .. } => address.contains(&at),
        Connection::Reconnecting { attempt, .. } => *attempt >= 3,
        _ => false,
    };
    wait::for_state(&mut connection, "the other server, or a third attempt", gone_on).await;
    other.so_far().into_iter().find_map(|one| one.login)
}

#[tokio::test]
async fn announced_servers_are_never_told_the_login_of_an_address() {
    assert!(told_by_announcement(true).await.is_none_or(|told| told == Login::none()));
    assert_eq!(told_by_announcement(false).await, Some(Login::user("me", "s3cr3t")));
}
