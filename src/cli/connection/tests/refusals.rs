//! What cannot be used is refused, by name and with the way out.

use serde_json::{Value, json};

use super::World;

#[test]
fn what_is_not_supported_is_refused() {
    let world = World::new();
    for (says, parts) in [
        (json!({"socks_proxy": "socks5://u:s3cr3t@h"}), ["socks_proxy", "no SOCKS proxy"]),
        (json!({"nsc": "nsc://op/s3cr3t"}), ["nsc", "does not run nsc"]),
        (json!({"windows_cert_store": "user"}), ["windows_cert_store", "PEM"]),
        (json!({"windows_cert_match_by": "subject"}), ["windows_cert_match_by", "PEM"]),
        (json!({"windows_cert_match": "s3cr3t"}), ["windows_cert_match", "PEM"]),
        (json!({"windows_ca_certs_match": ["s3cr3t"]}), ["windows_ca_certs_match", "PEM"]),
        (json!({"password": "op://s3cr3t", "user": "u"}), ["password", "op://"]),
        (json!({"token": "OP://s3cr3t"}), ["token", "op://"]),
        (json!({"creds": "nsc://s3cr3t"}), ["credentials file", "nsc://"]),
        (json!({"nkey": "op://s3cr3t"}), ["NKey file", "op://"]),
        (json!({"user_jwt": "env://s3cr3t"}), ["user JWT", "env://"]),
        (json!({"creds": "data:s3cr3t"}), ["credentials file", "data:"]),
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
    }
    let mut world = World::new();
    world.set("NATS_SOCKS_PROXY", "socks5://u:s3cr3t@h");
    let said = world.refused(&[]);
    assert!(said.contains("NATS_SOCKS_PROXY") && !said.contains("s3cr3t"), "{said}");
    world.set("NATS_SOCKS_PROXY", "none");
    assert!(world.resolve(&[]).is_ok());
}

#[test]
fn what_a_higher_source_replaced_is_not_refused() {
    let world = World::new();
    world.context("c", &json!({"user": "u", "password": "op://vault/x"}));
    assert!(world.resolve(&["--context", "c", "--password", "p"]).is_ok());
    // All keys as the nats CLI writes them, empty where they say nothing.
    let empty = json!({"name": "c", "description": "", "url": "nats://h", "socks_proxy": "",
        "token": "", "nsc": "", "jetstream_event_prefix": "x", "color_scheme": "red",
        "tls_first": false, "windows_cert_store": "", "windows_ca_certs_match": null});
    world.context("c", &empty);
    let resolved = world.resolve(&["--context", "c"]).unwrap();
    assert!(resolved.warnings().is_empty(), "{:?}", resolved.warnings());
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
    for bad in ["soon", "0s", "-5s", "2h", "5"] {
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
