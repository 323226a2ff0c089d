//! The same through the program: of each value only that of the highest source is told, and a
//! login in an address that is not used is told nobody.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::{Form, Member, list, members, wrong};
use crate::logins::case::saved;
use crate::support::Told;
use crate::support::program::command;
use crate::support::told::{Certificate, Login};

/// What each source says, the highest first: option, environment, context.
const SOURCES: [&str; 3] = ["flag", "env", "ctx"];

/// The list and the login of a source.
type Said = (Option<Vec<Member>>, Form);

fn said() -> impl Strategy<Value = Said> {
    let form = select(&[Form::None, Form::User, Form::Token][..]);
    (proptest::option::weighted(0.6, members()), form)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_server_is_told_what_another_source_or_address_says(
        said in [said(), said(), said()],
    ) {
        prop_assume!(said.iter().any(|(members, _)| members.is_some()));
        let start = |(members, _): &Said| -> Vec<Told> {
            members.iter().flatten().map(|one| Told::start(one.kind)).collect()
        };
        let servers: Vec<Vec<Told>> = said.iter().map(start).collect();
        let lists: Vec<String> = (said.iter().zip(&servers).zip(SOURCES))
            .map(|(((members, _), servers), source)| {
                list(members.as_deref().unwrap_or_default(), servers, source).join(",")
            })
            .collect();
        let logins: Vec<Login> =
            said.iter().zip(SOURCES).map(|((_, form), source)| form.login(source)).collect();

        let folder = tempfile::tempdir().unwrap();
        let context = folder.path().join("my.json");
        let part = |of: usize, name: &str| match name {
            "server" => lists[of].clone(),
            "user" => logins[of].user.clone().unwrap_or_default(),
            "password" => logins[of].password.clone().unwrap_or_default(),
            _ => logins[of].token.clone().unwrap_or_default(),
        };
        let says = json!({"url": part(2, "server"), "user": part(2, "user"),
            "password": part(2, "password"), "token": part(2, "token")});
        std::fs::write(&context, saved(&says).to_string()).unwrap();
        let mut command = command(&["rooms", "--json", "--timeout", "500ms"]);
        command.arg("--context").arg(&context).env("SSL_CERT_FILE", Certificate::of_all().ca());
        for (name, variable) in [
            ("server", "NATS_URL"),
            ("user", "NATS_USER"),
            ("password", "NATS_PASSWORD"),
            ("token", "NATS_TOKEN"),
        ] {
            if !part(0, name).is_empty() {
                command.arg(format!("--{name}")).arg(part(0, name));
            }
            command.env(variable, part(1, name));
        }
        let output = command.output().unwrap();

        // A user and its password come together here, so each value has one highest source.
        let highest = |has: &dyn Fn(&Login) -> bool| logins.iter().find(|one| has(one)).cloned();
        let mut general = highest(&|one| one.user.is_some()).unwrap_or_default();
        general.token = highest(&|one| one.token.is_some()).and_then(|one| one.token);
        let used = said.iter().position(|(members, _)| members.is_some()).unwrap();
        for (at, servers) in servers.iter().enumerate() {
            for (member, server) in servers.iter().enumerate() {
                let heard = server.heard();
                if at != used && !heard.is_empty() {
                    return Err(TestCaseError::fail("a server is reached that was replaced"));
                }
                let members = said[at].0.as_deref().unwrap_or_default();
                let own = members[member].form.login(&format!("{}{member}", SOURCES[at]));
                let needs_tls = members.iter().any(|one| one.is_tls);
                if let Some(wrong) = wrong(&heard, &[general.clone(), own], needs_tls) {
                    return Err(TestCaseError::fail(format!("server {member} {wrong}")));
                }
            }
        }
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        prop_assert!(!told.contains("s3cr3t"), "{}", told);
    }
}
