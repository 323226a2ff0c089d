//! No secret is in anything that is shown.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::json;

use super::super::setting::Setting;
use super::World;

fn settings() -> impl Strategy<Value = Setting> {
    use Setting::{Creds, Jwt, Nkey, Password, Seed, Server, Token};
    prop::sample::select(vec![Password, Token, Jwt, Seed, Server, Creds, Nkey])
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
            Setting::Creds | Setting::Nkey if as_path => format!("data:;base64,{secret}"),
            Setting::Creds | Setting::Nkey => format!("op://{secret}"),
            _ if as_path => format!("DATA:;base64,{}", STANDARD.encode(&secret)),
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
        let shown = match world.gathered(&args) {
            Err(failure) => format!("{failure:?}"),
            Ok(resolved) => format!(
                "{} {:?} {:?} {:?} {:?}",
                resolved.explanation(),
                resolved.problem,
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
            let told = world.gathered(&[]).unwrap().explanation();
            assert!(!told.contains(secret) && !told.contains("MC4"), "{told}");
            for said in [in_context, typed, in_variable] {
                assert!(said.contains("a secret stands where"), "{said}");
                assert!(!said.contains(secret) && !said.contains("MC4"), "{said}");
            }
        }
    }
}
