//! A login in an address and the one for all servers.

use serde_json::json;

use super::World;
use crate::store::nats::AddressLogins::{self, Alone, Beside, Ignored};

/// What is made of them, and which of the login for all is used; at the end whether its token goes
/// beside an address's login.
fn login(world: &World, args: &[&str]) -> (AddressLogins, String) {
    let options = world.resolve(args).unwrap_or_else(|error| panic!("{args:?}: {error}")).options;
    let used = [
        options.user.as_deref().unwrap_or_default(),
        options.token.as_deref().unwrap_or_default(),
        if options.creds.is_some() { "creds" } else { "" },
        if options.nkey.is_some() { "nkey" } else { "" },
        if options.jwt.is_some() { "jwt" } else { "" },
    ];
    let mut used: Vec<&str> = used.into_iter().filter(|one| !one.is_empty()).collect();
    used.extend(options.token_beside.then_some("beside"));
    (options.address_logins, used.join(" "))
}

#[test]
fn the_higher_source_goes_before() {
    let mut world = World::new();
    let says = json!({"url": "nats://a:b@h,nats://i", "user": "u", "password": "p", "token": "t"});
    world.context("c", &says);
    world.select("c");
    let is = |world: &World, args: &[&str], logins, used: &str| {
        assert_eq!(login(world, args), (logins, used.to_owned()), "{args:?}");
    };
    // One source: a context's address beside it, and what was typed or set before it.
    is(&world, &[], Beside, "u t");
    is(
        &world,
        &["--server", "x:y@h,i", "--user", "U", "--password", "P", "--token", "T"],
        Beside,
        "U T beside",
    );
    is(&world, &["--server", "x:y@h,i", "--user", "U", "--password", "P"], Beside, "U t");
    // A lower one goes to the addresses that have none.
    is(&world, &["--server", "x:y@h,i"], Alone, "u t");
    is(&world, &["--server", "x:y@h,t@i"], Alone, "");
    // A token is no kind of login: whatever its source, a user for another server stays away.
    is(&world, &["--server", "x:y@h,i", "--token", "T"], Alone, "u T beside");
    is(&world, &["--token", "T"], Beside, "u T beside");
    // A higher one goes to all.
    is(&world, &["--creds", "/x"], Ignored, "t creds");
    world.set("NATS_TOKEN", "N");
    is(&world, &[], Beside, "u N beside");
    is(&world, &["--server", "x:y@h,i"], Alone, "u N");
    world.set("NATS_URL", "x:y@h,i");
    is(&world, &[], Alone, "u N beside");
    is(&world, &["--no-context"], Ignored, "N beside");
    world.set("NATS_TOKEN", "");
    is(&world, &[], Alone, "u t");
    is(&world, &["--no-context"], Ignored, "");
}

#[test]
fn in_a_context_keys_with_a_jwt_go_beside_and_others_do_not() {
    let world = World::new();
    for (says, used) in [
        (json!({"user": "u", "password": "p", "token": "t"}), ""),
        (json!({"nkey": "/n", "token": "t"}), ""),
        (json!({"creds": "/c", "token": "t"}), "creds"),
        (json!({"user_jwt": "a.b.c", "user_seed": "s", "token": "t"}), "jwt"),
    ] {
        let mut says = says.as_object().unwrap().clone();
        says.insert("url".into(), json!("nats://a:b@h"));
        world.context("c", &says.into());
        assert_eq!(login(&world, &["--context", "c"]), (Beside, used.to_owned()));
    }
}

#[test]
fn what_is_not_used_of_either_is_told() {
    let mut world = World::new();
    world.set("NATS_TOKEN", "t");
    let told = |world: &World, args: &[&str]| world.resolve(args).unwrap().explanation();
    let all = told(&world, &["--server", "nats://x:s3cr3t@h"]);
    for part in [
        "nats://h (own user and password)",
        "environment NATS_TOKEN",
        "every address holds its own login",
        "is sent to that address alone",
        "are not followed",
    ] {
        assert!(all.contains(part), "{all}");
    }
    let other = told(&world, &["--server", "nats://x:s3cr3t@h,i"]);
    assert!(!other.contains("every address holds") && !other.contains("Not used"), "{other}");
    let none = told(&world, &["--server", "nats://s3cr3t@h,i", "--token", "t"]);
    for part in ["nats://h (token not used)", "address login", "--token goes before"] {
        assert!(none.contains(part), "{none}");
    }
    assert!(!none.contains("alone") && !none.contains("announces"), "{none}");
    assert!(!format!("{all}{other}{none}").contains("s3cr3t"));
}

#[test]
fn tls_for_all_is_told_with_its_reason() {
    let world = World::new();
    let told = |args: &[&str]| world.resolve(args).unwrap().explanation();
    let is_told = |args: &[&str]| told(args).contains("TLS is required of every server");
    assert!(is_told(&["--server", "tls://a,b"]));
    assert!(is_told(&["--tls-ca", "/x"]));
    assert!(is_told(&["--tls-first"]));
    assert!(!is_told(&["--server", "tls://a"]));
    assert!(!is_told(&["--server", "a,b"]));
}
