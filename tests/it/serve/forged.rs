//! Requests that nobody signed who may: none is accepted, however many are tried. All are made from
//! one seed, so that a failure can be had again. `ROOMSCOPE_RUNS=20` tries twenty times as many.

mod forge;
mod points;

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use nkeys::KeyPair;
use roomscope::http::auth::Auth;

use self::forge::{Forger, KINDS, Kind, Request};
use crate::support::serving::room;
use crate::support::wait::BOUND;
use crate::support::{Http, NatsServer, Serving, program, rooms};

/// Tries of one run.
const TRIES: usize = 10_000;
/// Tries over a socket.
const SENT: usize = 400;

fn runs() -> usize {
    std::env::var("ROOMSCOPE_RUNS").map_or(1, |text| text.parse().unwrap())
}

fn headers(request: &Request) -> HeaderMap {
    let value = |text: &str| HeaderValue::from_str(text).unwrap();
    let header =
        |(name, text): &(&'static str, String)| (HeaderName::from_static(name), value(text));
    request.headers.iter().map(header).collect()
}

/// Members that hold their keys, and one that is known by its key only.
fn members(forger: &Forger) -> Vec<String> {
    forger.members.iter().map(KeyPair::public_key).collect()
}

#[test]
fn ten_thousand_forgeries_and_none_is_accepted() {
    let now = "2026-03-14T15:09:26.535897932Z".parse().unwrap();
    let mut forger = Forger::new(2026);
    // Weak keys as members, too: the check of a signature must not lean on that of the start.
    let weak = points::small().into_iter().map(points::key);
    let auth = Auth::enforce(members(&forger).into_iter().chain(weak));
    let (mut tried, mut lax) = (BTreeMap::<Kind, usize>::new(), BTreeMap::<Kind, usize>::new());
    for n in 0..TRIES * runs() {
        let kind = KINDS[n % KINDS.len()];
        let forged = forger.forge(kind, now);
        let taken = auth.check("GET", &forged.target, &headers(&forged), now);
        assert!(taken.is_err(), "try {n}, {kind:?}: {forged:?}");
        *tried.entry(kind).or_default() += 1;
        if matches!(kind, Kind::WeakKey | Kind::WeakKeyAnyPoint) {
            *lax.entry(kind).or_default() += usize::from(points::lax(&forged));
        }
        // What it is about works: the same, signed by a member.
        if n % 20 == 0 {
            let signed = forger.signed(now);
            let taken = auth.check("GET", &signed.target, &headers(&signed), now);
            assert_eq!(taken, Ok(Some(signed.headers[0].1.clone())), "try {n}");
        }
    }
    assert!(tried.values().all(|tries| *tries >= TRIES / KINDS.len()), "{tried:?}");
    // A check that is not strict takes these: each is a signature that fits its key.
    assert_eq!(lax[&Kind::WeakKey], tried[&Kind::WeakKey], "{lax:?}");
    assert_eq!(lax[&Kind::WeakKeyAnyPoint], tried[&Kind::WeakKeyAnyPoint], "{lax:?}");
}

#[test]
fn none_is_answered_by_the_service_either() {
    let server = NatsServer::start();
    rooms::fill(&mut server.raw(), "a", "room.a", 3);
    let mut forger = Forger::new(11);
    let quoted: Vec<String> = members(&forger).iter().map(|key| format!("'{key}'")).collect();
    let file = room("a", &format!("members = [{}]", quoted.join(", ")));
    let serving = Serving::start(&server.url(), &file, &["--auth", "enforce"]);
    serving.wait_for("NATS: connected");
    let mut http = Http::connect(serving.port());
    let mut ask = |request: &Request| {
        let headers: Vec<_> =
            request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        http.ask("GET", &request.target, &headers)
    };
    for n in 0..SENT * runs() {
        let kind = KINDS[n % KINDS.len()];
        let forged = forger.forge(kind, jiff::Timestamp::now());
        let reply = ask(&forged);
        assert_eq!(reply.status, 401, "try {n}, {kind:?}: {forged:?}");
        assert!(!reply.error().is_empty());
        if n % 20 == 0 {
            let signed = forger.signed(jiff::Timestamp::now());
            let reply = ask(&signed);
            assert_eq!(reply.status, 200, "try {n}: {}", serving.log());
            assert!(!reply.json()["messages"].as_array().unwrap().is_empty());
        }
    }
}

#[test]
fn a_member_that_can_prove_nothing_ends_the_start() {
    let good = KeyPair::new_user().public_key();
    let seed = KeyPair::new_user().seed().unwrap();
    let mut bad: Vec<String> = points::small().into_iter().map(points::key).collect();
    let mut checksum = good.clone().into_bytes();
    checksum[55] = if checksum[55] == b'A' { b'Q' } else { b'A' };
    bad.extend([
        good.chars().take(55).collect(),
        format!("{good}A"),
        format!("{good}="),
        String::new(),
        "U".to_owned(),
        good.to_lowercase(),
        good.replacen(|letter: char| letter.is_ascii_uppercase(), "u", 1),
        format!(" {good}"),
        String::from_utf8(checksum).unwrap(),
        KeyPair::new_account().public_key(),
        seed.clone(),
        seed.to_lowercase(),
        format!(" {seed}"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rooms.toml");
    let args = ["serve", "--listen", "127.0.0.1:0", "--rooms", path.to_str().unwrap()];
    let args = [&args[..], &["--auth", "enforce", "--server", "nats://127.0.0.1:1"]].concat();
    for member in bad {
        let members = format!("members = ['{good}', '{member}']");
        std::fs::write(&path, room("other", "") + &room("mine", &members)).unwrap();
        let done = program::within(&mut program::command(&args), BOUND);
        let done = done.unwrap_or_else(|| panic!("it started with {member}"));
        assert_eq!(done.code, 2, "{member}: {}", done.said);
        let named = format!("'{member}' of room mine");
        let is_seed = member.to_uppercase().contains(&seed);
        assert!(done.said.contains(&named) != is_seed, "{member}: {}", done.said);
        assert!(!is_seed || !done.said.to_uppercase().contains(&seed), "{}", done.said);
        assert!(done.said.contains(" of room mine"), "{member}: {}", done.said);
        assert!(!done.said.contains(&format!("'{good}'")), "{}", done.said);
        assert_eq!(done.said.lines().count(), 1, "{}", done.said);
    }
}
