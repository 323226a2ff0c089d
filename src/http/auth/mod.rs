//! Who is asking: nobody in particular, or the holder of a key.

mod seen;
pub mod signature;

use std::fmt;

use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use seen::Seen;
use signature::Signed;

/// Whether callers must sign.
#[derive(Debug)]
pub enum Auth {
    /// No signer is verified, and every caller passes the membership check.
    Off,
    /// Requests are signed, and members of a room read it.
    Enforce(Enforce),
}

#[derive(Debug)]
pub struct Enforce(Seen);

impl Auth {
    /// Requests must be signed; these are the public keys of all members of all rooms.
    pub fn enforce(members: impl IntoIterator<Item = String>) -> Self {
        Self::Enforce(Enforce(Seen::new(members)))
    }

    /// The caller's key, proved; none when nobody must sign. A request is accepted once.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn check(
        &self,
        method: &str,
        target: &str,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Option<String>, Refusal> {
        let Self::Enforce(Enforce(seen)) = self else { return Ok(None) };
        let signed = Signed {
            key: only(headers, signature::KEY)?,
            time: only(headers, signature::TIME)?,
            signature: only(headers, signature::SIGNATURE)?,
        };
        let proved = signature::verify(method, target, &signed, now)?;
        seen.first(&signed.key, &proved, now)?;
        Ok(Some(signed.key))
    }
}

/// A header that must be there once.
fn only(headers: &HeaderMap, name: &str) -> Result<String, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map(str::to_owned).map_err(|_| Refusal::BadSignature),
        (None, _) => Err(Refusal::NotSigned),
        (Some(_), Some(_)) => Err(Refusal::BadSignature),
    }
}

/// Why a request is refused before anything is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A header of the signature is missing.
    NotSigned,
    /// The key is not a public user key.
    BadKey,
    /// The time cannot be read.
    BadTime,
    /// The signature is not one of this key over this request.
    BadSignature,
    /// It was signed too long ago, or will have been.
    OutsideWindow,
    /// It was seen before.
    Replayed,
    /// More requests than can be remembered, and so told from replays.
    TooMany,
}

impl Refusal {
    /// 401, or 429 where it is for later.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::UNAUTHORIZED,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotSigned => "the request is not signed",
            Self::BadKey => "the key is not a public user key",
            Self::BadTime => "the time of signing cannot be read",
            Self::BadSignature => "the signature does not match",
            Self::OutsideWindow => "signed more than 60 s from now; check the clock",
            Self::Replayed => "the same request was seen before; sign it anew",
            Self::TooMany => "too many signed requests; try again in a minute",
        })
    }
}
