//! What proves who connects: read from a file, and read again for each new connection, so that
//! a credentials file that was rotated meanwhile works without a restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use async_nats::{Auth, AuthError};
use nkeys::{KeyPair, KeyPairType};

/// A user's JWT, a user's seed, or both. No `Debug`: it is a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Keys {
    jwt: Option<String>,
    seed: Option<String>,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A JWT and a seed, each between a BEGIN and an END line.
    Creds,
    /// A seed, decorated in the same way or on a line of its own.
    Nkey,
}

impl Keys {
    /// A JWT with the seed of the user it is about. Without a seed it must be a bearer token,
    /// which the server takes unsigned.
    ///
    /// # Errors
    /// What is wrong, without any of it.
    pub(super) fn of(jwt: &str, seed: Option<&str>) -> Result<Self, &'static str> {
        // Either may stand between lines of dashes, as in the files they come from.
        let jwt = blocks(jwt).next().unwrap_or(jwt.trim());
        if jwt.split('.').count() != 3 || jwt.contains(char::is_whitespace) {
            return Err("the user JWT is none: it has three parts, joined by dots");
        }
        let seed = seed.map(|seed| blocks(seed).last().unwrap_or(seed.trim()));
        let seed = seed.filter(|seed| !seed.is_empty());
        seed.map(user_key).transpose()?;
        Ok(Self { jwt: Some(jwt.to_owned()), seed: seed.map(str::to_owned) })
    }

    /// Reads a file's text.
    ///
    /// # Errors
    /// What is missing in it, without any of it.
    pub(super) fn parse(kind: Kind, text: &str) -> Result<Self, &'static str> {
        // As editors of Windows write it.
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Err("it is empty");
        }
        let mut blocks = blocks(text);
        match kind {
            Kind::Creds => {
                let jwt = blocks.next().ok_or("it holds no user JWT between BEGIN and END")?;
                let seed = blocks.next().ok_or("it holds no seed after the user JWT")?;
                Self::of(jwt, Some(seed))
            }
            Kind::Nkey => {
                let plain = || text.lines().map(str::trim).find(|line| line.starts_with("SU"));
                let seed = blocks.last().or_else(plain);
                let seed = seed.ok_or("it holds no user seed, which begins with SU")?;
                user_key(seed)?;
                Ok(Self { jwt: None, seed: Some(seed.to_owned()) })
            }
        }
    }

    /// The answer to a server's challenge.
    fn sign(&self, nonce: &[u8]) -> Result<Auth, AuthError> {
        let mut auth = Auth::new();
        auth.jwt.clone_from(&self.jwt);
        if let Some(seed) = &self.seed {
            let pair = user_key(seed).map_err(AuthError::new)?;
            auth.signature = Some(pair.sign(nonce).map_err(AuthError::new)?);
            if self.jwt.is_none() {
                auth.nkey = Some(pair.public_key());
            }
        }
        Ok(auth)
    }
}

/// Where keys come from. No `Debug`: it holds secrets.
#[derive(Clone)]
pub(super) struct KeySource {
    file: Option<(Kind, PathBuf)>,
    last: Arc<Mutex<Keys>>,
}

impl KeySource {
    /// A JWT with the seed of the user it is about.
    ///
    /// # Errors
    /// As [`Keys::of`].
    pub(super) fn jwt(jwt: &str, seed: Option<&str>) -> Result<Self, &'static str> {
        Keys::of(jwt, seed).map(Self::fixed)
    }

    /// The keys in what a file would hold.
    ///
    /// # Errors
    /// As [`Keys::parse`].
    pub(super) fn text(kind: Kind, text: &str) -> Result<Self, &'static str> {
        Keys::parse(kind, text).map(Self::fixed)
    }

    fn fixed(keys: Keys) -> Self {
        Self { file: None, last: Arc::new(Mutex::new(keys)) }
    }

    /// Whether a JWT is among them.
    pub(super) fn has_jwt(&self) -> bool {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).jwt.is_some()
    }

    /// The keys in a file, which hold the text `now`.
    ///
    /// # Errors
    /// As [`Keys::parse`].
    pub(super) fn file(kind: Kind, path: &Path, now: &str) -> Result<Self, &'static str> {
        let keys = Keys::parse(kind, now)?;
        Ok(Self { file: Some((kind, path.to_owned())), last: Arc::new(Mutex::new(keys)) })
    }

    /// The answer to a server's challenge, by what the file holds now. While it cannot be read,
    /// or is half written, what it held last is used.
    ///
    /// # Errors
    /// When the challenge cannot be signed.
    pub(super) async fn sign(&self, nonce: &[u8]) -> Result<Auth, AuthError> {
        self.now().await.sign(nonce)
    }

    async fn now(&self) -> Keys {
        let fresh = match &self.file {
            None => None,
            Some((kind, path)) => match tokio::fs::read_to_string(path).await {
                Ok(text) => Keys::parse(*kind, &text).ok(),
                Err(_) => None,
            },
        };
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(fresh) = fresh {
            *last = fresh;
        }
        last.clone()
    }
}

fn user_key(seed: &str) -> Result<KeyPair, &'static str> {
    let pair =
        KeyPair::from_seed(seed).map_err(|_| "the seed is damaged: its checksum is wrong")?;
    match pair.key_pair_type() {
        KeyPairType::User => Ok(pair),
        _ => Err("the seed is not a user's, which begins with SU"),
    }
}

/// The single lines that stand between a line of dashes and another, as the clients of the
/// ecosystem read them: the names in those lines are not looked at.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let is_mark = |line: &str| line.starts_with("---") && line.ends_with("---");
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    std::iter::from_fn(move || {
        lines.find(|line| is_mark(line) && line.contains("BEGIN"))?;
        lines.next().filter(|line| !is_mark(line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JWT: &str = "eyJ0eXAi.eyJqdGki.c2lnbmVk";

    fn creds(jwt: &str, seed: &str) -> String {
        format!(
            "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n*** IMPORTANT \
             ***\n\n-----BEGIN USER NKEY SEED-----\r\n{seed}\r\n------END USER NKEY SEED------\n"
        )
    }

    #[test]
    fn both_kinds_of_files_are_read() {
        let seed = KeyPair::new_user().seed().unwrap();
        let both = Keys { jwt: Some(JWT.into()), seed: Some(seed.clone()) };
        assert!(Keys::parse(Kind::Creds, &creds(JWT, &seed)) == Ok(both));
        assert!(
            Keys::of(&creds(JWT, &seed), Some(&creds(JWT, &seed))) == Keys::of(JWT, Some(&seed))
        );
        let marked = format!("\u{feff}{}", creds(JWT, &seed));
        assert!(Keys::parse(Kind::Creds, &marked) == Keys::parse(Kind::Creds, &creds(JWT, &seed)));
        let alone = Keys { jwt: None, seed: Some(seed.clone()) };
        for text in [seed.clone(), format!("# mine\n {seed} \n"), creds(JWT, &seed)] {
            assert!(Keys::parse(Kind::Nkey, &text) == Ok(alone.clone()), "{text}");
        }
    }

    #[test]
    fn what_is_missing_is_said_and_nothing_is_shown() {
        let user = KeyPair::new_user().seed().unwrap();
        let account = KeyPair::new_account().seed().unwrap();
        let damaged = format!("{}A", user.trim_end_matches(|_: char| false));
        for (kind, text, why) in [
            (Kind::Creds, String::new(), "it is empty"),
            (Kind::Creds, user.clone(), "no user JWT"),
            (Kind::Creds, creds(JWT, "").replace("------END USER", "x"), "checksum"),
            (Kind::Creds, creds("no jwt", &user), "three parts"),
            (Kind::Creds, creds(JWT, &account), "not a user's"),
            (Kind::Nkey, "secret".into(), "no user seed"),
            (Kind::Nkey, "\u{feff}\r\n".into(), "it is empty"),
            (Kind::Nkey, damaged, "checksum"),
        ] {
            let said = Keys::parse(kind, &text).err().unwrap();
            assert!(said.contains(why), "{text}: {said}");
        }
    }

    #[tokio::test]
    async fn a_file_is_read_again_and_a_damaged_one_passed_over() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (first, second) = (KeyPair::new_user(), KeyPair::new_user());
        let seed = |pair: &KeyPair| pair.seed().unwrap();
        let source = KeySource::file(Kind::Nkey, file.path(), &seed(&first)).unwrap();
        let signer = async || source.sign(b"nonce").await.unwrap().nkey.unwrap();
        std::fs::write(file.path(), "half").unwrap();
        assert_eq!(signer().await, first.public_key());
        std::fs::write(file.path(), seed(&second)).unwrap();
        assert_eq!(signer().await, second.public_key());
        std::fs::remove_file(file.path()).unwrap();
        assert_eq!(signer().await, second.public_key());
    }
}
