//! Secrets that are kept in a file, in a variable or in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::World;
use crate::cli::connection::setting::Setting;
use crate::store::nats::KeyText;

const LITERAL: [Setting; 4] = [Setting::Password, Setting::Token, Setting::Jwt, Setting::Seed];

/// Gives a value by each source in turn, with what it needs beside it, and takes it back resolved.
fn resolved(world: &mut World, setting: Setting, text: &str) -> Vec<Result<String, String>> {
    let names = setting.names();
    let mut says = json!({"user": "u", names.key.unwrap(): text});
    if matches!(setting, Setting::Jwt | Setting::Seed) {
        says = json!({"user_jwt": "j", names.key.unwrap(): text});
    }
    world.context("c", &says);
    let flag = format!("{}={text}", names.flag);
    let beside = match setting {
        Setting::Password => "--user=u",
        Setting::Seed => "--jwt=j",
        _ => "--no-context",
    };
    let ask = |world: &World, args: &[&str]| {
        let options = world.resolve(args).map_err(|error| error.line)?.options;
        let text = match setting {
            Setting::Password => options.password,
            Setting::Token => options.token,
            Setting::Jwt => options.jwt,
            _ => options.seed,
        };
        Ok(text.unwrap())
    };
    let in_context = ask(world, &["--context", "c"]);
    let typed = ask(world, &[&flag, beside]);
    world.set(names.variable.unwrap(), text);
    let in_variable = ask(world, &[beside]);
    world.variables.remove(names.variable.unwrap());
    vec![in_context, typed, in_variable]
}

#[test]
fn a_secret_is_taken_from_where_it_is_kept() {
    let mut world = World::new();
    let path = world.file("secret", "\u{feff}s3cr3t\r\n");
    let root = world.root.path().to_str().unwrap().to_owned();
    world.set("DIR", &root);
    world.set("HOME", &root);
    world.set("KEPT", "s3cr3t\n");
    let data = |head: &str| format!("data:{head},{}", STANDARD.encode("s3cr3t\n"));
    let texts = [
        (format!("file://{path}"), "s3cr3t"),
        (format!("FILE://{path}"), "s3cr3t"),
        ("file://$DIR/secret".to_owned(), "s3cr3t"),
        ("file://~/secret".to_owned(), "s3cr3t"),
        ("env://KEPT".to_owned(), "s3cr3t"),
        ("Env://KEPT".to_owned(), "s3cr3t"),
        (data(";base64"), "s3cr3t"),
        (data("application/octet-stream;base64"), "s3cr3t"),
        // What refers to nothing is meant as it stands.
        ("filed".to_owned(), "filed"),
        ("s://x".to_owned(), "s://x"),
        ("$DIR ~".to_owned(), "$DIR ~"),
    ];
    for setting in LITERAL {
        for (text, wanted) in &texts {
            for got in resolved(&mut world, setting, text) {
                assert_eq!(got.as_deref(), Ok(*wanted), "{setting:?} {text}");
            }
        }
    }
}

#[test]
fn what_cannot_be_taken_is_said_by_value_and_source() {
    let mut world = World::new();
    let empty = world.file("empty", "\n");
    world.set("EMPTY", "");
    for (text, part) in [
        ("file:///nowhere/x".to_owned(), "/nowhere/x"),
        (format!("file://{empty}"), "empty"),
        ("file://$UNSET/x".to_owned(), "UNSET"),
        ("env://UNSET".to_owned(), "UNSET"),
        ("env://EMPTY".to_owned(), "EMPTY"),
        ("env://a s3cr3t".to_owned(), "env://"),
        ("env://".to_owned(), "env://"),
        ("data:s3cr3t".to_owned(), "base64"),
        ("data:,s3cr3t".to_owned(), "base64"),
        ("data:;base64,s3cr3t".to_owned(), "base64"),
        ("data:;base64,/w==".to_owned(), "base64"),
        ("data:;base64,".to_owned(), "empty"),
        ("op://s3cr3t".to_owned(), "op://"),
        ("NSC://s3cr3t".to_owned(), "nsc://"),
    ] {
        for setting in LITERAL {
            let names = setting.names();
            let said = resolved(&mut world, setting, &text);
            let sources = [names.key.unwrap(), names.flag, names.variable.unwrap()];
            for (said, source) in said.into_iter().zip(sources) {
                let said = said.unwrap_err();
                assert!(said.contains(part) && said.contains(source), "{text}: {said}");
                assert!(said.contains(names.label) && !said.contains("s3cr3t"), "{text}: {said}");
            }
        }
    }
}

#[test]
fn keys_are_files_or_what_they_would_hold() {
    let mut world = World::new();
    world.set("KEPT", "held\n");
    let file = |path: &str| KeyText::File(path.into());
    let held = |text: &str| KeyText::Text(text.into());
    for (text, wanted) in [
        ("/x", file("/x")),
        ("file:///x", file("/x")),
        ("File://~/x", file("/home/me/x")),
        ("$HOME/x", file("/home/me/x")),
        ("env://KEPT", held("held\n")),
        ("data:;base64,aGVsZAo=", held("held\n")),
    ] {
        for setting in [Setting::Creds, Setting::Nkey] {
            let names = setting.names();
            world.context("c", &json!({ names.key.unwrap(): text }));
            let flag = format!("{}={text}", names.flag);
            let ask = |world: &World, args: &[&str]| {
                let options = world.resolve(args).unwrap().options;
                options.creds.or(options.nkey).unwrap()
            };
            assert!(ask(&world, &["--context", "c"]) == wanted, "{setting:?} {text}");
            assert!(ask(&world, &[&flag]) == wanted, "{setting:?} {text}");
            world.set(names.variable.unwrap(), text);
            assert!(ask(&world, &[]) == wanted, "{setting:?} {text}");
            world.variables.remove(names.variable.unwrap());
        }
    }
}

/// What `nats context add --embed` writes: each file in base64.
#[test]
fn embedded_contexts_can_be_connected_with() {
    let seed = nkeys::KeyPair::new_user().seed().unwrap();
    let jwt = "eyJ0eXAi.eyJqdGki.c2lnbmVk";
    let creds = format!(
        "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
    );
    let data = |text: &str| format!("data:;base64,{}", STANDARD.encode(text));
    let seed_line = format!("{seed}\n");
    let world = World::new();
    for says in [
        json!({"creds": data(&creds)}),
        json!({"nkey": data(&seed_line)}),
        json!({"user_jwt": data(&format!("{jwt}\n")), "user_seed": data(&seed_line)}),
        json!({"user_jwt": data(&creds), "user_seed": data(&creds)}),
        json!({"user_jwt": data(jwt)}),
    ] {
        world.context("c", &says);
        let resolved = world.resolve(&["--context", "c"]).unwrap();
        resolved.options.check().unwrap_or_else(|error| panic!("{error}"));
        let shown = format!("{} {:?}", resolved.explanation(), resolved.options);
        assert!(shown.contains("*** (data:)"), "{shown}");
        assert!(!shown.contains(&seed) && !shown.contains("eyJ"), "{shown}");
        assert!(!shown.contains(STANDARD.encode(&seed).trim_end_matches('=')), "{shown}");
    }
}
