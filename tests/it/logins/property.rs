//! Whatever the list, the logins and the servers: no server is told a secret that was not given
//! for it, which is one in its own address or one given for all.

mod program;

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use roomscope::store::HistoryStore as _;
use roomscope::store::nats::{AddressLogins, ConnectOptions, KeyText, NatsStore};

use super::keys;
use crate::support::Told;
use crate::support::told::{Certificate, First, Heard, Kind, Login};

const KINDS: [Kind; 8] = [
    Kind::Plain,
    Kind::Tls,
    Kind::Refuses,
    Kind::RefusesTls,
    Kind::Drops,
    Kind::Silent,
    Kind::Http,
    Kind::Closes,
];

/// What a login consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    None,
    User,
    Token,
    Nkey,
}

impl Form {
    /// The login of this form with a secret that no other has.
    fn login(self, whose: &str) -> Login {
        let secret = format!("s3cr3t-{whose}");
        match self {
            Self::None => Login::none(),
            Self::User => Login::user(&format!("user-{whose}"), &secret),
            Self::Token => Login::token(&secret),
            Self::Nkey => keys::other().by_nkey(),
        }
    }

    /// An address with it.
    fn before(self, whose: &str, host: &str) -> String {
        match self {
            Self::User => format!("user-{whose}:s3cr3t-{whose}@{host}"),
            Self::Token => format!("s3cr3t-{whose}@{host}"),
            Self::None | Self::Nkey => host.to_owned(),
        }
    }
}

/// A server of the list, and how its address is written.
#[derive(Debug, Clone)]
struct Member {
    kind: Kind,
    form: Form,
    is_tls: bool,
}

fn members() -> impl Strategy<Value = Vec<Member>> {
    let form = select(&[Form::None, Form::User, Form::Token][..]);
    let member = (select(&KINDS[..]), form, prop::bool::weighted(0.2));
    let member = member.prop_map(|(kind, form, is_tls)| Member { kind, form, is_tls });
    prop::collection::vec(member, 1..=4)
}

/// Their addresses.
fn list(members: &[Member], servers: &[Told], whose: &str) -> Vec<String> {
    let address = |(at, (member, server)): (usize, (&Member, &Told))| {
        let scheme = if member.is_tls { "tls" } else { "nats" };
        format!("{scheme}://{}", member.form.before(&format!("{whose}{at}"), &server.at()))
    };
    members.iter().zip(servers).enumerate().map(address).collect()
}

/// Each part of what was told is one of what was given.
fn is_given(told: &Login, given: &[Login]) -> bool {
    let all = |part: fn(&Login) -> &Option<String>| {
        part(told).is_none() || given.iter().any(|one| part(one) == part(told))
    };
    all(|one| &one.user)
        && all(|one| &one.password)
        && all(|one| &one.token)
        && all(|one| &one.jwt)
        && all(|one| &one.signed)
}

/// What is wrong with what one server heard.
fn wrong(heard: &[Heard], given: &[Login], needs_tls: bool) -> Option<String> {
    let others = |told: &&Login| !is_given(told, given);
    if let Some(told) = heard.iter().filter_map(|one| one.login.as_ref()).find(others) {
        return Some(format!("is told {told:?}, and given {given:?}"));
    }
    let is_clear = heard.iter().any(|one| one.first == First::Clear);
    (needs_tls && is_clear).then(|| "is told something in clear".into())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_server_is_told_a_secret_that_was_not_given_for_it(
        members in members(),
        general in select(&[Form::None, Form::User, Form::Token, Form::Nkey][..]),
        logins in select(
            &[AddressLogins::Ignored, AddressLogins::Beside, AddressLogins::Alone][..]
        ),
    ) {
        let servers: Vec<Told> = members.iter().map(|one| Told::start(one.kind)).collect();
        let mut options = ConnectOptions::new("");
        options.servers = list(&members, &servers, "");
        options.address_logins = logins;
        options.timeout = Some(Duration::from_millis(400));
        let given = general.login("general");
        options.user.clone_from(&given.user);
        options.password.clone_from(&given.password);
        options.token.clone_from(&given.token);
        if general == Form::Nkey {
            options.nkey = Some(KeyText::Text(keys::other().seed.clone()));
        }
        let needs_tls = members.iter().any(|one| one.is_tls);
        options.tls_ca = needs_tls.then(|| Certificate::of_all().ca());

        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let limit = Duration::from_secs(1);
            if let Ok(store) = NatsStore::connect_now(&options, limit).await {
                let _ = store.names(0).await;
            }
        });
        drop(runtime);
        for (at, (member, server)) in members.iter().zip(&servers).enumerate() {
            let given = [given.clone(), member.form.login(&at.to_string())];
            if let Some(wrong) = wrong(&server.heard(), &given, needs_tls) {
                return Err(TestCaseError::fail(format!("server {at} {wrong}")));
            }
        }
    }
}
