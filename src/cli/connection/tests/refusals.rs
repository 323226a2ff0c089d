//! What cannot be used is refused, by name and with the way out.

use serde_json::{Value, json};

use super::World;

#[test]
fn what_is_not_supported_is_refused() {
    let world = World::new();
    for (says, parts) in [
        (json!({"socks_proxy": "socks5://u:s3cr3t@h"}), ["socks_proxy", "no SOCKS proxy"]),
        (json!({"nsc": "nsc://op/s3cr3t"}), ["nsc", "does not run nsc"]),
        (json!({"nsc": "s3cr3t", "url": "nats://h"}), ["nsc", "does not run nsc"]),
        (json!({"nsc": "s3cr3t", "user": "u"}), ["nsc", "an address"]),
        (json!({"windows_cert_store": "user"}), ["windows_cert_store", "PEM"]),
        (json!({"password": "op://s3cr3t", "user": "u"}), ["password", "op://"]),
        (json!({"token": "OP://s3cr3t"}), ["token", "op://"]),
        (json!({"creds": "nsc://s3cr3t"}), ["credentials file", "nsc://"]),
        (json!({"nkey": "op://s3cr3t"}), ["NKey file", "op://"]),
        (json!({"creds": "data:s3cr3t"}), ["credentials file", "data:"]),
        (json!({"ca": "op://s3cr3t"}), ["TLS authorities", "op://"]),
        (json!({"cert": "data:;base64,s3cr3t"}), ["TLS certificate", "data:"]),
        (json!({"key": "$NOWHERE/s3cr3t"}), ["TLS key", "NOWHERE"]),
        (json!({"url": 4222}), ["url", "not a text"]),
        (json!({"tls_first": "yes"}), ["tls_first", "true or false"]),
        (json!(["s3cr3t"]), ["'c'", "no JSON object"]),
    ] {
        world.context("c", &says);
        let said = world.refused(&["--context", "c"]);
        for part in parts {
            assert!(said.contains(part), "{says}: {said}");
        }
        assert!(!said.contains("s3cr3t"), "{said}");
        // The table is shown with it; a path is no secret.
        if let Ok(resolved) = world.gathered(&["--context", "c"]) {
            let told = resolved.explanation().replace("$NOWHERE/s3cr3t", "");
            assert!(told.contains("context: ") && !told.contains("s3cr3t"), "{told}");
        }
    }
    let mut world = World::new();
    world.set("NATS_SOCKS_PROXY", "socks5://u:s3cr3t@h");
    let said = world.refused(&[]);
    assert!(said.contains("NATS_SOCKS_PROXY") && !said.contains("s3cr3t"), "{said}");
    world.set("NATS_SOCKS_PROXY", "none");
    assert!(world.resolve(&[]).is_ok());
}

#[test]
fn what_is_not_used_is_not_refused() {
    for (says, variable, args) in [
        (json!({"user": "u", "password": "op://s3cr3t"}), "", &["--password", "p"][..]),
        (json!({"user": "u", "creds": "$NOWHERE/s3cr3t"}), "", &[]),
        (json!({"user": "u", "creds": "nsc://s3cr3t", "nkey": "op://s3cr3t"}), "", &[]),
        (json!({"user": "op://s3cr3t", "user_seed": "env://s3cr3t"}), "", &[]),
        (json!({"creds": "op://s3cr3t"}), "", &["--nkey", "/x"]),
        (json!({"creds": "op://s3cr3t"}), "", &["--creds", "/x"]),
        (json!({"token": "op://s3cr3t"}), "", &["--token", "t"]),
        (json!({"token": "op://s3cr3t"}), "", &["--server", "nats://u:p@h"]),
        (json!({"user": "u", "password": "op://s3cr3t", "url": "nats://me:x@h"}), "", &[]),
        (
            json!({"ca": "data:s3cr3t", "cert": "$NOWHERE/x"}),
            "",
            &["--tls-ca", "/c", "--tls-cert", "/x"],
        ),
        (json!({"socks_proxy": "socks5://u:s3cr3t@h"}), "none", &[]),
        (json!({"nsc": "s3cr3t", "url": "nats://h", "user": "u"}), "", &[]),
        (json!({"nsc": "s3cr3t", "creds": "/c"}), "", &["--server", "nats://h"]),
        (json!({"nsc": "s3cr3t", "url": "nats://h"}), "", &["--creds", "/c"]),
        (json!({"nsc": "s3cr3t"}), "", &["--server", "nats://u:p@h"]),
        (json!({"windows_cert_store": "user"}), "", &["--tls-cert", "/c", "--tls-key", "/k"]),
        // As saved on Windows: how to match, and nothing to match in.
        (
            json!({"windows_cert_match_by": "subject", "windows_cert_match": "s3cr3t",
            "windows_ca_certs_match": ["s3cr3t"]}),
            "",
            &[],
        ),
        // All keys as the nats CLI writes them, empty where they say nothing.
        (
            json!({"name": "c", "description": "", "url": "nats://h", "socks_proxy": "",
            "token": "", "nsc": "", "jetstream_event_prefix": "x", "color_scheme": "red",
            "tls_first": false, "windows_cert_store": "", "windows_ca_certs_match": null}),
            "",
            &[],
        ),
    ] {
        let mut world = World::new();
        world.context("c", &says);
        world.set("NATS_SOCKS_PROXY", variable);
        let resolved = world.resolve(&[&["--context", "c"], args].concat());
        let resolved = resolved.unwrap_or_else(|error| panic!("{says} {args:?}: {error}"));
        let told = resolved.explanation();
        assert!(!told.contains("s3cr3t") && !told.contains("unknown"), "{says} {args:?}: {told}");
    }
}

#[test]
fn the_selected_context_is_a_name_and_the_one_given_may_be_a_file() {
    let mut world = World::new();
    let path = world.file("elsewhere.json", r#"{"url": "nats://file"}"#);
    for bad in [path.as_str(), "../context/c", "a/b", "a\\b", "..", "/"] {
        world.select(bad);
        let said = world.refused(&[]);
        assert!(said.contains("no context name") && said.contains("context.txt"), "{bad}: {said}");
    }
    assert!(world.resolve(&["--context", &path]).is_ok());
    world.set("NATS_CONTEXT", &path);
    assert!(world.resolve(&[]).is_ok());
    world.set("NATS_CONTEXT", "");
    // A name may end like a file's.
    world.context("x.json", &json!({"url": "nats://named"}));
    world.select("x.json");
    let server = |args: &[&str]| world.resolve(args).unwrap().options.redacted();
    assert_eq!(server(&[]), "nats://named");
    assert_eq!(server(&["--context", "x.json"]), "nats://named");
    let said = world.refused(&["--context", "y.json"]);
    assert!(said.contains("did you mean x.json?"), "{said}");
}

#[test]
fn a_context_that_is_named_and_missing_is_an_error() {
    let mut world = World::new();
    let said = world.refused(&["--context", "prod"]);
    assert!(said.contains("nats/context") && said.contains("holds none"), "{said}");
    world.context("prod", &json!({}));
    world.context("test", &json!({}));
    let said = world.refused(&["--context", "prdo"]);
    for part in ["'prdo'", "--context", "nats/context", "did you mean prod?", "prod, test"] {
        assert!(said.contains(part), "{said} says nothing of {part}");
    }
    world.select("gone");
    assert!(world.refused(&[]).contains("context.txt"));
    assert!(world.refused(&["--server", "nats://h"]).contains("'gone'"));
    assert!(world.resolve(&["--no-context"]).is_ok());
    world.set("NATS_CONTEXT", "far");
    assert!(world.refused(&[]).contains("environment NATS_CONTEXT"));
    for bad in ["../prod", "a/b", "a\\b", ".."] {
        let said = world.refused(&["--context", bad]);
        assert!(said.contains("no context name"), "{bad}: {said}");
    }
    assert!(world.refused(&["--context", "/nowhere/x.json"]).contains("no context file"));
}

#[test]
fn a_context_file_that_cannot_be_read_says_where() {
    let world = World::new();
    world.file("nats/context/c.json", "{\"token\": \"s3cr3t\"\n s3cr3t}");
    let said = world.refused(&["--context", "c"]);
    assert!(said.contains("c.json") && said.contains("line 2"), "{said}");
    assert!(!said.contains("s3cr3t"), "{said}");
    std::fs::create_dir(world.root.path().join("nats/context/d.json")).unwrap();
    assert!(world.refused(&["--context", "d"]).contains("d.json"));
}

#[test]
fn an_unknown_key_is_passed_over_and_told() {
    let world = World::new();
    let says = json!({"url": "nats://h", "pasword": "s3cr3t", "of the future": 1, "empty": ""});
    world.context("c", &says);
    let resolved = world.resolve(&["--context", "c"]).unwrap();
    let told = resolved.explanation();
    for part in ["'pasword' is unknown", "did you mean password?", "'of the future' is unknown"] {
        assert!(told.contains(part), "{told}");
    }
    assert!(!told.contains("s3cr3t") && !told.contains("empty"), "{told}");
}

#[test]
fn values_that_cannot_be_are_refused_by_their_source() {
    let mut world = World::new();
    for bad in ["soon", "0s", "-5s", "2d", "5"] {
        world.set("NATS_TIMEOUT", bad);
        let said = world.refused(&[]);
        assert!(said.contains("NATS_TIMEOUT") && said.contains("5s"), "{bad}: {said}");
    }
    let check = |says: Value| {
        let world = World::new();
        world.context("c", &says);
        world.resolve(&["--context", "c"]).unwrap().options.check().unwrap_err().to_string()
    };
    assert!(check(json!({"cert": "/x"})).contains("--tls-key"));
    assert!(check(json!({"jetstream_domain": "a b"})).contains("--js-domain"));
    assert!(check(json!({"inbox_prefix": "a.*"})).contains("--inbox-prefix"));
}
