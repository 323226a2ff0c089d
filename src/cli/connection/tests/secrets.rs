//! No secret is in anything that is shown; what goes where it was not meant for is said.

use proptest::prelude::*;
use serde_json::json;

use super::super::setting::Setting;
use super::World;

fn settings() -> impl Strategy<Value = Setting> {
    use Setting::{Jwt, Password, Seed, Server, Token};
    prop::sample::select(vec![Password, Token, Jwt, Seed, Server])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any secret, of any kind, from any source, whether it can be used or not.
    #[test]
    fn no_secret_is_shown(
        secret in "[a-zA-Z0-9:/@,.%$~ -]{0,12}zqz[a-zA-Z0-9:/@,.%$~ -]{0,12}",
        setting in settings(),
        source in 0..3,
        as_path in any::<bool>(),
    ) {
        let names = setting.names();
        let mut world = World::new();
        // A plain slash ends an address's host, and a plain at sign begins it: what stands there
        // is what is connected to.
        let secret = match setting {
            Setting::Server => secret.replace('/', "%2F").replace('@', "%40"),
            _ => secret,
        };
        let value = match setting {
            Setting::Server if as_path => format!("nats://{secret}@host"),
            Setting::Server => format!("nats://user:{secret}@host,nats://other"),
            _ => secret.clone(),
        };
        let flag = format!("{}={value}", names.flag);
        let args: Vec<&str> = match source {
            0 => {
                world.context("c", &json!({ names.key.unwrap(): value, "user": "u" }));
                vec!["--context", "c"]
            }
            1 => {
                world.set(names.variable.unwrap(), &value);
                if setting != Setting::Password {
                    world.set("NATS_USER", &secret);
                }
                vec![]
            }
            _ => vec![flag.as_str()],
        };
        let flags = World::flags(&args);
        let shown = match world.resolve(&args) {
            Err(failure) => format!("{failure:?}"),
            Ok(resolved) => format!(
                "{} {:?} {:?} {:?}",
                resolved.explanation(),
                resolved.options,
                resolved.options.check(),
                resolved.warnings(),
            ),
        };
        let shown = format!("{shown} {flags:?}");
        prop_assert!(!shown.contains("zqz"), "{shown}");
    }
}

#[test]
fn credentials_that_would_go_to_another_server_are_warned_of() {
    let mut world = World::new();
    let says = json!({"url": "nats://prod:4222", "creds": "/c", "token": "t"});
    world.context("prod", &says);
    world.select("prod");
    let warned = |world: &World, args: &[&str]| world.resolve(args).unwrap().warnings().join("\n");
    assert_eq!(warned(&world, &[]), "");
    world.set("NATS_URL", "nats://prod:4222");
    assert_eq!(warned(&world, &[]), "");
    world.set("NATS_URL", "nats://u:p@elsewhere");
    assert_eq!(warned(&world, &[]), "", "the address has its own credentials");
    world.set("NATS_URL", "nats://elsewhere");
    let said = warned(&world, &[]);
    for part in ["credentials file, token", "'prod'", "nats://prod:4222", "to nats://elsewhere"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(said.contains("environment NATS_URL") && said.contains("--no-context"), "{said}");
    assert!(warned(&world, &["--server", "nats://x"]).contains("to nats://x"));
    assert_eq!(warned(&world, &["--no-context"]), "");
    let own = warned(&world, &["--creds", "/mine"]);
    assert!(own.contains("token of context") && !own.contains("credentials file"), "{own}");
}

#[test]
fn the_table_says_where_each_value_is_from() {
    let mut world = World::new();
    world.set("NATS_PASSWORD", "hunter2");
    world.set("NATS_CREDS", "$HOME/a\u{1b}[2J");
    world.context("prod", &json!({"user": "u", "url": "nats://a:b@h", "description": "d\u{1b}"}));
    let shown = world
        .resolve(&["--context", "prod", "--js-domain", "hub"])
        .unwrap()
        .explanation()
        .replace(world.root.path().to_str().unwrap(), "ROOT");
    insta::assert_snapshot!(shown, @r"
    Context: prod (ROOT/nats/context/prod.json), --context
             d\x1b

    Setting           Value                        From
    server            nats://h (with credentials)  context: url
    user              u                            context: user
    password          ***                          environment NATS_PASSWORD
    credentials file  /home/me/a\x1b[2J            environment NATS_CREDS (not used: another login goes before)
    JetStream domain  hub                          flag --js-domain
    JetStream API     $JS.hub.API                  the JetStream domain
    inbox prefix      _INBOX                       default
    timeout           5s                           default
    ");
}

#[test]
fn a_secret_that_stands_for_a_file_is_refused_and_not_shown() {
    let seed = nkeys::KeyPair::new_user().seed().unwrap();
    let jwt = "eyJ0eXAi.eyJqdGki.c2lnbmVk";
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n";
    for setting in [Setting::Creds, Setting::Nkey, Setting::Ca, Setting::Cert, Setting::Key] {
        let names = setting.names();
        for secret in [&seed, jwt, pem] {
            let mut world = World::new();
            world.context("c", &json!({ names.key.unwrap(): secret }));
            let in_context = world.refused(&["--context", "c"]);
            let typed = world.refused(&[&format!("{}={secret}", names.flag)]);
            world.set(names.variable.unwrap(), secret);
            let in_variable = world.refused(&[]);
            for said in [in_context, typed, in_variable] {
                assert!(said.contains("a secret stands where"), "{said}");
                assert!(!said.contains(secret) && !said.contains("MC4"), "{said}");
            }
        }
    }
}
