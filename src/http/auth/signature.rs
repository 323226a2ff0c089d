//! The signature of a request. The contract leaves it open, so this is roomscope's own; it is
//! written down in `docs/http.md`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use jiff::{SignedDuration, Timestamp};
use nkeys::{KeyPair, KeyPairType};
use sha2::{Digest as _, Sha256};

use super::Refusal;

#[cfg(test)]
mod tests;

/// Header of the caller's public user key, `U…`.
pub const KEY: &str = "roomscope-key";
/// Header of the moment of signing: RFC 3339, UTC, `Z` at the end, with as many digits of a second
/// as the caller likes.
pub const TIME: &str = "roomscope-time";
/// Header of the Ed25519 signature: base64url without padding (RFC 4648 section 5).
pub const SIGNATURE: &str = "roomscope-signature";

/// How far the moment of signing may lie from the server's now, either way.
pub const WINDOW: SignedDuration = SignedDuration::from_secs(60);

/// First line of what is signed, so that no signature made for anything else fits.
const PURPOSE: &str = "roomscope-http-1";

/// Longest key, time and signature there can be.
const LONGEST: usize = 128;

/// A request's signature, as its three headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// [`KEY`].
    pub key: String,
    /// [`TIME`].
    pub time: String,
    /// [`SIGNATURE`].
    pub signature: String,
}

/// A secret key that signs requests.
pub struct Signer(KeyPair);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Signer").field(&self.0.public_key()).finish()
    }
}

impl Signer {
    /// The signer of a user's seed, `SU…`.
    ///
    /// # Errors
    /// What is wrong with it; never the seed.
    pub fn from_seed(seed: &str) -> Result<Self, &'static str> {
        let pair =
            KeyPair::from_seed(seed).map_err(|_| "it holds no NKey seed that can be read")?;
        match pair.key_pair_type() {
            KeyPairType::User => Ok(Self(pair)),
            _ => Err("its seed is not a user's; user seeds begin with SU"),
        }
    }

    /// Signs a request: its method, its path with query exactly as they are sent, and the moment.
    ///
    /// # Errors
    /// When the library cannot sign.
    pub fn sign(&self, method: &str, target: &str, now: Timestamp) -> Result<Signed, String> {
        let time = now.to_string();
        let signature = self.0.sign(&content(method, target, &time));
        let signature = signature.map_err(|error| error.to_string())?;
        Ok(Signed { key: self.0.public_key(), time, signature: URL_SAFE_NO_PAD.encode(signature) })
    }
}

/// Whether this is a public user key, `U…`, that can prove who signed.
pub fn is_user_key(key: &str) -> bool {
    user_key(key).is_some()
}

/// The point of a public user key in its one spelling. One of small order is none: anybody can
/// make signatures that fit it (RFC 8032 section 5.1.7 leaves them to the application).
fn user_key(key: &str) -> Option<VerifyingKey> {
    let pair = KeyPair::from_public_key(key).ok()?;
    if pair.key_pair_type() != KeyPairType::User || pair.public_key() != key {
        return None;
    }
    let (_, bytes) = nkeys::from_public_key(key).ok()?;
    VerifyingKey::from_bytes(&bytes).ok().filter(|key| !key.is_weak())
}

/// A request whose signature is right and of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proved {
    /// The last moment at which it is accepted.
    pub(super) until: Timestamp,
    /// Digest of the key and of all that is signed; not of the signature, since there may be several
    /// for the same content.
    pub(super) digest: [u8; 32],
}

/// Checks the signature of a request.
///
/// # Errors
/// What is wrong with it.
pub(super) fn verify(
    method: &str,
    target: &str,
    signed: &Signed,
    now: Timestamp,
) -> Result<Proved, Refusal> {
    let Signed { key, time, signature } = signed;
    if [key, time, signature].iter().any(|text| text.len() > LONGEST) {
        return Err(Refusal::BadSignature);
    }
    let public = user_key(key).ok_or(Refusal::BadKey)?;
    let at: Timestamp = time.parse().map_err(|_| Refusal::BadTime)?;
    if !time.ends_with('Z') {
        return Err(Refusal::BadTime);
    }
    let bytes = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Refusal::BadSignature)?;
    let signature = Signature::from_slice(&bytes).map_err(|_| Refusal::BadSignature)?;
    let content = content(method, target, time);
    public.verify_strict(&content, &signature).map_err(|_| Refusal::BadSignature)?;
    if now.duration_since(at).abs() > WINDOW {
        return Err(Refusal::OutsideWindow);
    }
    let until = at.checked_add(WINDOW).map_err(|_| Refusal::BadTime)?;
    let digest = Sha256::new().chain_update(key).chain_update(b"\n").chain_update(&content);
    Ok(Proved { until, digest: digest.finalize().into() })
}

/// What is signed: four lines with a line feed between them, none of which can hold one.
fn content(method: &str, target: &str, time: &str) -> Vec<u8> {
    format!("{PURPOSE}\n{method}\n{target}\n{time}").into_bytes()
}
