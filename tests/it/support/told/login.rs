//! What a CONNECT tells of who connects.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use nkeys::KeyPair;
use serde_json::Value;

/// The challenge of every server.
pub(super) const NONCE: &str = "YAFQ9dIXHWgJXf4";

/// A login; what is absent was not told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) jwt: Option<String>,
    /// The public key with which the challenge was signed.
    pub(crate) signed: Option<String>,
}

impl Login {
    pub(crate) fn none() -> Self {
        Self::default()
    }

    pub(crate) fn user(user: &str, password: &str) -> Self {
        Self::none().and_user(user, password)
    }

    pub(crate) fn token(token: &str) -> Self {
        Self::none().and_token(token)
    }

    pub(crate) fn and_user(mut self, user: &str, password: &str) -> Self {
        self.user = Some(user.to_owned());
        self.password = Some(password.to_owned());
        self
    }

    pub(crate) fn and_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    pub(super) fn of(connect: &Value) -> Self {
        let text = |key: &str| connect[key].as_str().map(str::to_owned);
        let jwt = text("jwt");
        let key = text("nkey").or_else(|| subject(jwt.as_deref()?));
        let signature = text("sig").and_then(|sig| URL_SAFE_NO_PAD.decode(sig).ok());
        let signed = match (key, signature) {
            (key, None) => text("nkey").and(key).map(|key| format!("{key}, which signed nothing")),
            (Some(key), Some(signature)) => {
                let pair = KeyPair::from_public_key(&key).unwrap();
                let is_right = pair.verify(NONCE.as_bytes(), &signature).is_ok();
                Some(if is_right { key } else { "somebody else".into() })
            }
            (None, Some(_)) => Some("nobody".into()),
        };
        let (user, password, token) = (text("user"), text("pass"), text("auth_token"));
        Self { user, password, token, jwt, signed }
    }
}

/// Whom a JWT is about.
fn subject(jwt: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(jwt.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Some(claims["sub"].as_str()?.to_owned())
}
