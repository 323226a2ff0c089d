//! Keys for the table, made anew for each run, and all secrets in the form in which they would be
//! seen if they were shown.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use nkeys::KeyPair;
use serde_json::{Value, json};

use crate::support::told::Login;

/// In every password and token of the table.
pub(super) const SECRET: &str = "s3cr3t";

/// A user with a JWT.
pub(super) struct User {
    pub(super) seed: String,
    pub(super) jwt: String,
    public: String,
}

impl User {
    fn new(is_bearer: bool) -> Self {
        let (account, user) = (KeyPair::new_account(), KeyPair::new_user());
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(json!({"typ": "JWT", "alg": "ed25519-nkey"}));
        let claims = part(json!({"jti": "J", "iat": 1_700_000_000, "iss": account.public_key(),
            "sub": user.public_key(), "name": "user", "nats": {"type": "user", "version": 2,
            "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1,
            "bearer_token": is_bearer}}));
        let said = format!("{header}.{claims}");
        let signature = URL_SAFE_NO_PAD.encode(account.sign(said.as_bytes()).unwrap());
        let jwt = format!("{said}.{signature}");
        Self { seed: user.seed().unwrap(), jwt, public: user.public_key() }
    }

    /// Its credentials file.
    pub(super) fn creds(&self) -> String {
        format!(
            "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n\
             ************************* IMPORTANT *************************\n\n\
             -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
            self.jwt, self.seed
        )
    }

    /// What a server is told by its JWT and seed.
    pub(super) fn by_jwt(&self) -> Login {
        let (jwt, signed) = (Some(self.jwt.clone()), Some(self.public.clone()));
        Login { jwt, signed, ..Login::none() }
    }

    /// What a server is told by its seed alone.
    pub(super) fn by_nkey(&self) -> Login {
        Login { signed: Some(self.public.clone()), ..Login::none() }
    }
}

/// The user of credentials files and JWTs.
pub(super) fn user() -> &'static User {
    static USER: OnceLock<User> = OnceLock::new();
    USER.get_or_init(|| User::new(false))
}

/// The user of NKeys.
pub(super) fn other() -> &'static User {
    static OTHER: OnceLock<User> = OnceLock::new();
    OTHER.get_or_init(|| User::new(false))
}

/// One whose JWT needs no seed.
pub(super) fn bearer() -> &'static User {
    static BEARER: OnceLock<User> = OnceLock::new();
    BEARER.get_or_init(|| User::new(true))
}

/// What is told by a JWT without a seed.
pub(super) fn by_bearer() -> Login {
    Login { jwt: Some(bearer().jwt.clone()), ..Login::none() }
}

/// A value in itself, as `nats context add --embed` writes the content of a file.
pub(super) fn data(text: &str) -> String {
    format!("data:;base64,{}", STANDARD.encode(text))
}

/// What no output may hold.
pub(super) fn secrets() -> &'static [String] {
    static ALL: OnceLock<Vec<String>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = vec![SECRET.to_owned(), STANDARD.encode(SECRET)];
        for user in [user(), other(), bearer()] {
            all.extend(user.jwt.split('.').skip(1).map(str::to_owned));
            all.push(user.seed.clone());
            all.push(STANDARD.encode(&user.seed));
            // From the middle of it, where the JWT is.
            let embedded = STANDARD.encode(user.creds());
            all.push(embedded.chars().skip(200).take(40).collect());
        }
        all
    })
}
