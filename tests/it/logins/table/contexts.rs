//! Which context it is, where its file is, and what is no context.

use serde_json::json;

use super::{Case, PLAIN, case, drive};
use crate::logins::case::saved;
use crate::support::told::Login;

#[test]
fn a_context_is_found_where_the_nats_cli_keeps_it() {
    drive::all(cases());
}

pub(super) fn cases() -> Vec<Case> {
    let with = |token: &str| json!({"url": "nats://{A}", "token": token});
    let windows =
        json!({"url": "nats://{A}", "token": "s3cr3t", "windows_cert_match_by": "subject"});
    let two = |name| case(name).context("one", &with("one-s3cr3t")).context("two", &with("s3cr3t"));
    vec![
        two("--context goes before what is selected")
            .select("one")
            .args("--context two")
            .tells(Login::token("s3cr3t"))
            .shows(&["Context: two .. --context"]),
        two("NATS_CONTEXT goes before what is selected")
            .select("one")
            .env("NATS_CONTEXT", "two")
            .tells(Login::token("s3cr3t"))
            .shows(&["Context: two .. NATS_CONTEXT"]),
        two("--context goes before NATS_CONTEXT")
            .env("NATS_CONTEXT", "one")
            .args("--context two")
            .tells(Login::token("s3cr3t")),
        two("no context of those there are").args("--no-context -s {A}").select("one"),
        two("--no-context goes before NATS_CONTEXT")
            .args("--no-context -s {A}")
            .env("NATS_CONTEXT", "one")
            .shows(&["Context: none .. --no-context"]),
        two("none is selected").args("-s {A}").shows(&["Context: none"]),
        two("nothing is selected by an empty file").args("-s {A}").select("\n"),
        two("the selection is trimmed").select(" two\r\n").tells(Login::token("s3cr3t")),
        case("a context by its path")
            .file("my.json", saved(&with("s3cr3t")).to_string())
            .args("--context {DIR}/my.json")
            .tells(Login::token("s3cr3t")),
        case("NATS_CONTEXT with a path")
            .file("my.json", saved(&with("s3cr3t")).to_string())
            .env("NATS_CONTEXT", "{DIR}/my.json")
            .tells(Login::token("s3cr3t")),
        case("a context named x.json is selected")
            .context("x.json", &with("s3cr3t"))
            .select("x.json")
            .tells(Login::token("s3cr3t")),
        case("a context named x.json is named")
            .context("x.json", &with("s3cr3t"))
            .args("--context x.json")
            .tells(Login::token("s3cr3t")),
        case("the folder is in the home folder")
            .selected(&with("s3cr3t"))
            .env("XDG_CONFIG_HOME", "")
            .tells(Login::token("s3cr3t")),
        case("the folder is in XDG_CONFIG_HOME")
            .selected(&with("home-s3cr3t"))
            .file("xdg/nats/context/prod.json", saved(&with("s3cr3t")).to_string())
            .file("xdg/nats/context.txt", "prod")
            .env("XDG_CONFIG_HOME", "{DIR}/xdg")
            .tells(Login::token("s3cr3t")),
        case("a selection that is an absolute path")
            .file("evil.json", saved(&with("s3cr3t")).to_string())
            .select("{DIR}/evil.json")
            .fails(2, &["context.txt"]),
        case("a selection that leads out of the folder")
            .file(".config/nats/evil.json", saved(&with("s3cr3t")).to_string())
            .select("../evil")
            .fails(2, &["context.txt"]),
        case("a selection with a backslash").select("a\\b").fails(2, &["context.txt"]),
        case("a name with a slash").args("--context a/b").fails(2, &["--context"]),
        case("a name with two dots").args("--context ..").fails(2, &["--context"]),
        two("a named context that is missing").args("--context three -s {A}").fails(2, &["three"]),
        two("a context of NATS_CONTEXT that is missing")
            .args("-s {A}")
            .env("NATS_CONTEXT", "three")
            .fails(2, &["three", "NATS_CONTEXT"]),
        two("a selected context that is missing")
            .args("-s {A}")
            .select("three")
            .fails(2, &["three"]),
        case("a path that is missing").args("--context {DIR}/no.json").fails(2, &["no.json"]),
        case("a file that is no JSON")
            .file(".config/nats/context/prod.json", "{\"url\": s3cr3t")
            .select("prod")
            .fails(2, &["prod"]),
        case("a file that is another JSON")
            .file(".config/nats/context/prod.json", "[\"s3cr3t\"]")
            .select("prod")
            .fails(2, &["prod"]),
        case("as saved on Windows").selected(&windows).tells(Login::token("s3cr3t")).no_warning(),
        case("only the keys that say something")
            .file(".config/nats/context/prod.json", with("s3cr3t").to_string())
            .select("prod")
            .tells(Login::token("s3cr3t")),
        case("a context without an address")
            .selected(&json!({"token": "s3cr3t"}))
            .args("-s {A}")
            .tells(Login::token("s3cr3t")),
        case("a list of servers in a context")
            .selected(&json!({"url": "nats://{A}, nats://{B}", "token": "s3cr3t"}))
            .servers(&[super::REFUSES, PLAIN])
            .tells(Login::token("s3cr3t"))
            .told('B', Login::token("s3cr3t"))
            .connects('B'),
    ]
}
