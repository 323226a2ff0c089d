//! Who may read what, when callers must sign.

use jiff::ToSpan as _;
use nkeys::KeyPair;

use super::*;
use crate::http::auth::signature::{KEY, SIGNATURE, Signed, Signer, TIME};

const NOW: &str = "2026-03-14T15:09:26.5Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn user() -> (Signer, String) {
    let pair = KeyPair::new_user();
    (Signer::from_seed(&pair.seed().unwrap()).unwrap(), pair.public_key())
}

fn request(target: &str, signed: &Signed) -> Request<Body> {
    Request::get(target)
        .header(KEY, &signed.key)
        .header(TIME, &signed.time)
        .header(SIGNATURE, &signed.signature)
        .body(Body::empty())
        .unwrap()
}

/// Two rooms, of which the key is a member of the first, at a fixed moment.
fn world(member: &str) -> World {
    let rooms = vec![Room { members: vec![member.into()], ..room("a") }, room("b")];
    let world = World::with(rooms, true, |service| service.with_clock(now));
    world.store.make(&id("a"));
    world.store.publish_these(&id("a"), payloads(1..=3));
    world
}

#[tokio::test]
async fn first_who_then_what_then_whether_they_may() {
    let (member, key) = user();
    let (stranger, _) = user();
    let world = world(&key);
    // Unsigned: the same for what is there and what is not.
    for target in ["/rooms/a/history", "/rooms/b/history", "/rooms/none/history", "/none"] {
        let answer = world.get(target).await;
        assert_eq!(answer.status, 401, "{target}");
        assert_eq!(answer.json(), json!({"error": "the request is not signed"}), "{target}");
        assert!(answer.headers.contains_key("www-authenticate"));
    }
    // Signed, each for itself.
    for (signer, target, status) in [
        (&member, "/rooms/a/history", 200),
        (&member, "/rooms/a/history?limit=1", 200),
        (&member, "/rooms/b/history", 403),
        (&member, "/rooms/none/history", 404),
        (&member, "/none", 404),
        (&stranger, "/rooms/a/history", 403),
        (&stranger, "/rooms/none/history", 404),
    ] {
        let signed = signer.sign("GET", target, now()).unwrap();
        let answer = world.ask(request(target, &signed)).await;
        assert_eq!(answer.status, status, "{target}");
        // Each once.
        let again = world.ask(request(target, &signed)).await;
        assert_eq!(again.status, 401, "{target}");
    }
    // Nothing was read for those who may not.
    let asked = world.store.requests();
    assert!(!asked.iter().any(|asked| format!("{asked:?}").contains("UNIBUS_b")), "{asked:?}");
    assert_eq!(world.get("/healthz").await.status, 200);
    let log = world.log();
    assert!(log.contains(&format!("key={key}")), "{log}");
}

#[tokio::test]
async fn a_signature_is_bound_to_its_request_and_its_minute() {
    let (member, key) = user();
    let world = world(&key);
    let target = "/rooms/a/history?limit=1";
    let signed = member.sign("GET", target, now()).unwrap();
    for other in ["/rooms/a/history?limit=2", "/rooms/a/history", "/rooms/%61/history?limit=1"] {
        assert_eq!(world.ask(request(other, &signed)).await.status, 401, "{other}");
    }
    let mut head = request(target, &signed);
    *head.method_mut() = axum::http::Method::HEAD;
    assert_eq!(world.ask(head).await.status, 401);
    for (shift, status) in [(-61, 401), (-60, 200), (60, 200), (61, 401)] {
        let signed = member.sign("GET", target, now() + shift.seconds()).unwrap();
        assert_eq!(world.ask(request(target, &signed)).await.status, status, "{shift}");
    }
    // None of that used the signature up.
    assert_eq!(world.ask(request(target, &signed)).await.status, 200);
    // Said twice, a header says nothing.
    let twice = Request::get(target).header(KEY, &key).header(KEY, &key);
    assert_eq!(world.ask(twice.body(Body::empty()).unwrap()).await.status, 401);
}
