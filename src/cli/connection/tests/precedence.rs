//! Each value: option, then environment, then context, then default.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use super::super::setting::Setting;
use super::super::values::Source;
use super::World;

/// A value to give, in the form that its setting takes.
fn sample(setting: Setting, by: &str) -> String {
    match setting {
        Setting::Server => format!("nats://{by}:4222"),
        Setting::Timeout => format!("{}s", by.len()),
        Setting::TlsFirst => "true".into(),
        _ if setting.is_path() => format!("/{by}/file"),
        _ => by.to_owned(),
    }
}

#[test]
fn every_value_comes_from_the_highest_that_gives_one() {
    for setting in Setting::ALL {
        let names = setting.names();
        let by = |layer: &str| sample(setting, layer);
        let is_switch = setting == Setting::TlsFirst;
        let flag: Vec<String> = if is_switch {
            vec![names.flag.to_owned()]
        } else {
            vec![names.flag.to_owned(), by("flag")]
        };
        let flag: Vec<&str> = flag.iter().map(String::as_str).collect();
        let mut world = World::new();
        let source = |world: &World, args: &[&str]| {
            // A password keeps NATS_USER from being a token.
            let args = [args, &["--password", "p"]].concat();
            let args =
                if setting == Setting::User { args.as_slice() } else { &args[..args.len() - 2] };
            let resolved = world.resolve(args).unwrap_or_else(|e| panic!("{setting:?}: {e}"));
            resolved.used.values.get(setting).map(|value| (value.text.clone(), value.source))
        };
        assert_eq!(source(&world, &[]), None, "{setting:?}");
        if let Some(key) = names.key {
            let said = if is_switch { json!(true) } else { json!(by("context")) };
            world.context("c", &json!({ key: said }));
            world.select("c\n");
            let wanted = (by("context"), Source::Context(key));
            assert_eq!(source(&world, &[]), Some(wanted.clone()), "{setting:?}");
            if let Some(variable) = names.variable {
                for empty in ["", "  "] {
                    world.set(variable, empty);
                    assert_eq!(source(&world, &[]), Some(wanted.clone()), "{setting:?} {empty:?}");
                }
            }
            assert_eq!(source(&world, &["--no-context"]), None, "{setting:?}");
        }
        if let Some(variable) = names.variable {
            world.set(variable, &by("variable"));
            let wanted = (by("variable"), Source::Variable(variable));
            assert_eq!(source(&world, &[]), Some(wanted.clone()), "{setting:?}");
            if setting == Setting::Server {
                // It was meant to be one, and any other would be another server.
                assert!(world.refused(&["--server", ""]).contains("--server is empty"));
            } else {
                assert_eq!(source(&world, &[names.flag, ""]), Some(wanted), "{setting:?}");
            }
        }
        let wanted = (by("flag"), Source::Flag(names.flag));
        assert_eq!(source(&world, &flag), Some(wanted), "{setting:?}");
    }
}

#[test]
fn the_context_is_the_highest_that_is_named() {
    let mut world = World::new();
    for name in ["selected", "config", "variable", "flag"] {
        world.context(name, &json!({ "url": format!("nats://{name}") }));
    }
    let file = world.file("elsewhere.json", r#"{"URL": "nats://file", "token": "t"}"#);
    let server = |world: &World, args: &[&str]| world.resolve(args).unwrap().options.redacted();
    assert_eq!(server(&world, &[]), "nats://127.0.0.1:4222");
    world.select(" selected \n");
    assert_eq!(server(&world, &[]), "nats://selected");
    world.config.context = Some("config".into());
    assert_eq!(server(&world, &[]), "nats://config");
    world.set("NATS_CONTEXT", "variable");
    assert_eq!(server(&world, &[]), "nats://variable");
    world.set("NATS_CONTEXT", "");
    assert_eq!(server(&world, &[]), "nats://config");
    assert_eq!(server(&world, &["--context", "flag"]), "nats://flag");
    let resolved = world.resolve(&["--context", &file]).unwrap();
    assert_eq!(resolved.options.redacted(), "nats://file");
    assert_eq!(resolved.options.token.as_deref(), Some("t"));
    assert_eq!(server(&world, &["--no-context"]), "nats://127.0.0.1:4222");
}

#[test]
fn without_a_configuration_folder_contexts_are_below_home() {
    let mut world = World::new();
    world.context("c", &json!({"url": "nats://c"}));
    world.select("c");
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join(".config")).unwrap();
    let nats = home.path().join(".config/nats");
    std::os::unix::fs::symlink(world.root.path().join("nats"), nats).unwrap();
    world.set("XDG_CONFIG_HOME", "");
    world.set("HOME", home.path().to_str().unwrap());
    assert_eq!(world.resolve(&[]).unwrap().options.redacted(), "nats://c");
    // Neither: there is no context, and that is fine until one is named.
    world.set("HOME", "");
    assert_eq!(world.resolve(&[]).unwrap().options.redacted(), "nats://127.0.0.1:4222");
    assert!(world.refused(&["--context", "c"]).contains("XDG_CONFIG_HOME"));
}

#[test]
fn the_first_kind_of_login_is_used_and_a_token_besides() {
    let world = World::new();
    let all = json!({"user": "u", "password": "p", "creds": "$HOME/c", "nkey": "~/n",
        "user_jwt": "j", "user_seed": "s", "token": "t"});
    let mut said = all.as_object().unwrap().clone();
    for (kind, leave) in [
        ("user", &["user", "password"][..]),
        ("creds", &["creds"]),
        ("nkey", &["nkey"]),
        ("jwt", &[]),
    ] {
        world.context("c", &said.clone().into());
        let options = world.resolve(&["--context", "c"]).unwrap().options;
        let given = [
            ("user", options.user.is_some() && options.password.is_some()),
            ("creds", options.creds == Some(PathBuf::from("/home/me/c").into())),
            ("nkey", options.nkey == Some(PathBuf::from("/home/me/n").into())),
            ("jwt", options.jwt.is_some() && options.seed.is_some()),
        ];
        for (other, is) in given {
            assert_eq!(is, other == kind, "{other} where {kind} is first");
        }
        assert_eq!(options.token.as_deref(), Some("t"));
        said.retain(|key, _| !leave.contains(&key.as_str()));
    }
}

#[test]
fn an_option_goes_before_any_other_kind_from_below() {
    let mut world = World::new();
    world.context("c", &json!({"user": "u", "password": "p", "token": "t"}));
    world.select("c");
    let options = world.resolve(&["--creds", "/x"]).unwrap().options;
    assert_eq!((options.creds, options.user), (Some(PathBuf::from("/x").into()), None));
    // A variable does not: the kinds have their order, as in the nats CLI.
    world.set("NATS_CREDS", "/x");
    let options = world.resolve(&[]).unwrap().options;
    assert_eq!((options.creds, options.user.as_deref()), (None, Some("u")));
    // One half by option, the other from the context.
    let options = world.resolve(&["--password", "mine"]).unwrap().options;
    assert_eq!((options.user.as_deref(), options.password.as_deref()), (Some("u"), Some("mine")));
}

#[test]
fn a_user_without_a_password_is_a_token() {
    let mut world = World::new();
    world.set("NATS_USER", "t0k3n");
    let login = |world: &World, args: &[&str]| {
        let options = world.resolve(args).unwrap().options;
        let text = |one: Option<String>| one.unwrap_or_else(|| "-".into());
        [options.user, options.password, options.token].map(text).join(" ")
    };
    assert_eq!(login(&world, &[]), "- - t0k3n");
    assert_eq!(login(&world, &["--user", "typed"]), "- - typed");
    assert_eq!(login(&world, &["--user", "typed", "--token", "t"]), "- - t");
    assert_eq!(login(&world, &["--password", "p"]), "t0k3n p -");
    world.set("NATS_TOKEN", "other");
    assert_eq!(login(&world, &[]), "- - other");
    world.set("NATS_TOKEN", "");
    world.set("NATS_PASSWORD", "p");
    assert_eq!(login(&world, &[]), "t0k3n p -");
    assert_eq!(login(&world, &["--user", "typed"]), "typed p -");
    // A context's user without a password is a user, and its password is nobody else's.
    world.variables.remove("NATS_USER");
    world.variables.remove("NATS_PASSWORD");
    world.context("c", &json!({"user": "u"}));
    assert_eq!(login(&world, &["--context", "c"]), "u  -");
    world.context("c", &json!({"user": "u", "password": "of u"}));
    assert_eq!(login(&world, &["--context", "c", "--user", "typed"]), "u of u typed");
    world.context("c", &json!({"password": "of nobody"}));
    assert_eq!(login(&world, &["--context", "c", "--user", "typed"]), "- - typed");
}

#[test]
fn of_domain_and_api_prefix_the_higher_source_is_used() {
    let world = World::new();
    let both = |world: &World, args: &[&str]| {
        let resolved = world.resolve(&[&["--context", "c"], args].concat()).unwrap();
        (
            resolved.options.domain.clone(),
            resolved.options.api_prefix.clone(),
            resolved.explanation(),
        )
    };
    world.context("c", &json!({"jetstream_domain": "hub"}));
    let (domain, prefix, told) = both(&world, &["--js-api-prefix", "x"]);
    assert_eq!((domain, prefix.as_deref()), (None, Some("x")));
    assert!(told.contains("the API prefix goes before"), "{told}");
    world.context("c", &json!({"jetstream_api_prefix": "x"}));
    let (domain, prefix, told) = both(&world, &["--js-domain", "hub"]);
    assert_eq!((domain.as_deref(), prefix), (Some("hub"), None));
    assert!(told.contains("the JetStream domain goes before"), "{told}");
    world.context("c", &json!({"jetstream_api_prefix": "x", "jetstream_domain": "hub"}));
    let said = world.refused(&["--context", "c"]);
    assert!(said.contains("jetstream_api_prefix") && said.contains("leave one out"), "{said}");
    let said = world.refused(&["--js-domain", "hub", "--js-api-prefix", "x"]);
    assert!(said.contains("--js-domain") && said.contains("--js-api-prefix"), "{said}");
}

#[test]
fn the_rest_reaches_the_store() {
    let mut world = World::new();
    let args = ["--tls-first", "--domain", "hub", "--inbox-prefix", "_I"];
    let options = world.resolve(&[&args[..], &["--read-only"]].concat()).unwrap().options;
    assert!(options.tls_first && options.read_only);
    assert_eq!(options.domain.as_deref(), Some("hub"));
    assert_eq!(options.inbox_prefix.as_deref(), Some("_I"));
    assert_eq!(options.timeout(), Duration::from_secs(5));
    for (text, wanted) in [("5s", 5_000), ("1m30s", 90_000), (".5s", 500), ("2h", 7_200_000)] {
        world.set("NATS_TIMEOUT", text);
        let timeout = world.resolve(&[]).unwrap().options.timeout();
        assert_eq!(timeout, Duration::from_millis(wanted), "{text}");
    }
}
