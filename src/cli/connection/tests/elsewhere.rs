//! What goes where it was not meant for is said, and where each value is from.

use serde_json::json;

use super::World;

fn warned(world: &World, args: &[&str]) -> String {
    world.resolve(args).unwrap().warnings().join("\n")
}

#[test]
fn credentials_that_would_go_to_another_server_are_warned_of() {
    let mut world = World::new();
    let says = json!({"url": "nats://prod:4222", "creds": "/c", "token": "t"});
    world.context("prod", &says);
    world.select("prod");
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
fn no_alarm_where_the_server_is_the_same() {
    let mut world = World::new();
    let says = json!({"url": "nats://localhost:4222,nats://prod", "user": "u", "password": "p"});
    world.context("prod", &says);
    world.select("prod");
    for same in ["127.0.0.1", "nats://[::1]:4222", "tls://PROD", "prod:4222,localhost"] {
        assert_eq!(warned(&world, &["--server", same]), "", "{same}");
    }
    let said = warned(&world, &["--server", "nats://prod,nats://prod:4223"]);
    assert!(said.contains("would go to nats://prod:4223, since"), "{said}");
    // Without an address the context is for the default one.
    world.context("prod", &json!({"token": "t"}));
    assert_eq!(warned(&world, &["--server", "localhost"]), "");
    assert!(warned(&world, &["--server", "h"]).contains("for nats://127.0.0.1:4222"));
    // An address with its own login is told no other, and the one beside it is.
    let said = warned(&world, &["--server", "nats://x:y@a,nats://b"]);
    assert!(said.contains("would go to nats://b, since"), "{said}");
    world.set("NATS_URL", "nats://t@a,nats://t@b");
    assert_eq!(warned(&world, &[]), "");
}

#[test]
fn a_login_of_the_environment_that_goes_to_a_contexts_server_is_warned_of() {
    let mut world = World::new();
    world.context("prod", &json!({"url": "nats://prod"}));
    world.set("NATS_USER", "u");
    world.set("NATS_PASSWORD", "s3cr3t");
    let said = warned(&world, &["--context", "prod"]);
    for part in ["user, password", "NATS_USER", "NATS_PASSWORD", "nats://prod", "'prod'"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("s3cr3t"), "{said}");
    assert_eq!(warned(&world, &["--no-context"]), "");
    assert_eq!(warned(&world, &["--context", "prod", "--user", "u", "--password", "p"]), "");
    world.context("local", &json!({"url": "nats://localhost"}));
    assert_eq!(warned(&world, &["--context", "local"]), "");
    // Typed, without and with a variable that says where the login belongs.
    assert_eq!(warned(&world, &["--server", "nats://h"]), "");
    world.set("NATS_URL", "nats://prod");
    assert_eq!(warned(&world, &[]), "");
    assert_eq!(warned(&world, &["--server", "nats://PROD:4222"]), "");
    let said = warned(&world, &["--server", "nats://h"]);
    assert!(said.contains("to nats://h, while NATS_URL is nats://prod"), "{said}");
    // An address with its own login is not told that of a lower source, whatever the token.
    assert_eq!(warned(&world, &["--server", "nats://a:b@h", "--token", "t"]), "");
    // Servers are named with what each is told.
    world.set("NATS_CERT", "/c");
    world.set("NATS_KEY", "/k");
    let said = warned(&world, &["--server", "nats://a:b@h,nats://i,nats://j"]);
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("TLS certificate (environment NATS_CERT"), "{said:?}");
    assert!(said[0].contains("would go to nats://h, while"), "{said:?}");
    assert!(said[1].starts_with("user, password, TLS certificate (env"), "{said:?}");
    assert!(said[1].contains("would go to nats://i, nats://j, while"), "{said:?}");
}

#[test]
fn what_stands_after_a_host_is_told_and_not_shown() {
    let world = World::new();
    for (address, code) in [
        ("nats://real/@s3cr3t", "%2F"),
        ("h,u/s3cr3t@h", "%2F"),
        ("nats://t?s3cr3t@h", "%3F"),
        ("nats://t#s3cr3t@h", "%23"),
    ] {
        let said = warned(&world, &["--server", address]);
        assert!(said.contains(code) && !said.contains("s3cr3t"), "{address}: {said}");
    }
    assert_eq!(warned(&world, &["--server", "nats://u:p@h/path,tls://h?x"]), "");
}

#[test]
fn the_table_says_where_each_value_is_from() {
    let mut world = World::new();
    world.set("NATS_PASSWORD", "hunter2");
    world.set("NATS_CREDS", "$HOME/a\u{1b}[2J");
    world.set("NATS_URL", "nats://elsewhere");
    world.context(
        "prod",
        &json!({"user": "u", "url": "nats://a:b@h", "description": "d\u{1b}",
        "jetstream_api_prefix": "x", "token": "env://TOKEN", "ca": "~/ca.pem"}),
    );
    world.set("TOKEN", "hunter3");
    let args = ["--context", "prod", "--js-domain", "hub", "--server", "nats://x:y@h,localhost:1"];
    let shown = world
        .resolve(&args)
        .unwrap()
        .explanation()
        .replace(world.root.path().to_str().unwrap(), "ROOT");
    insta::assert_snapshot!(shown, @r"
    Context: prod (ROOT/nats/context/prod.json), --context
             d\x1b

    Setting           Value                             From
    server            nats://h (own user and password)  flag --server
                                                        replaces environment NATS_URL, context: url
                      nats://localhost:1
    user              u                                 context: user
    password          ***                               environment NATS_PASSWORD
    token             *** (env://)                      context: token
    TLS authorities   /home/me/ca.pem                   context: ca
    JetStream domain  hub                               flag --js-domain
    JetStream API     $JS.hub.API                       the JetStream domain
    inbox prefix      _INBOX                            default
    timeout           5s                                default

    Not used          From                           Why
    credentials file  environment NATS_CREDS         the user goes before
    JetStream API     context: jetstream_api_prefix  the JetStream domain goes before

    A login in an address is sent to that address alone.
    No login for all is sent there.
    Servers that the cluster announces are not followed.
    TLS is required of every server: TLS authorities are given.

    warning: user, token of context 'prod', which is for nats://h, would go to nats://localhost:1, since --server replaces only the address; use --no-context, or that server's own context
    warning: password (environment NATS_PASSWORD) would go to nats://localhost:1, while NATS_URL is nats://elsewhere; unset what is not meant for it, or give the login as an option
    ");
}

#[test]
fn the_table_says_whose_a_login_in_an_address_is() {
    let world = World::new();
    world.context(
        "prod",
        &json!({"url": "nats://a:b@h,tls://t@i,j", "nkey": "op://x",
        "creds": "data:;base64,eA==", "token": "t"}),
    );
    let shown = world
        .resolve(&["--context", "prod"])
        .unwrap()
        .explanation()
        .replace(world.root.path().to_str().unwrap(), "ROOT");
    insta::assert_snapshot!(shown, @r"
    Context: prod (ROOT/nats/context/prod.json), --context

    Setting           Value                             From
    server            nats://h (own user and password)  context: url
                      tls://i (own token)
                      nats://j
    credentials file  *** (data:)                       context: creds
    token             ***                               context: token
    JetStream API     $JS.API                           default
    inbox prefix      _INBOX                            default
    timeout           5s                                default

    Not used   From           Why
    NKey file  context: nkey  the credentials file goes before

    A login in an address is sent to that address alone.
    No user, NKey or token for all is sent there.
    Servers that the cluster announces are not followed.
    TLS is required of every server: an address is tls://.
    ");
}
