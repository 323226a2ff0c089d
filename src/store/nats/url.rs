//! Server addresses with credentials in them: taken apart, and never shown whole.

use std::str::FromStr as _;

use async_nats::ServerAddr;

/// A server address without credentials, and the credentials that were in it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Server {
    pub(super) addr: ServerAddr,
    pub(super) login: Option<Login>,
}

/// What a URL or the options say about who connects. No `Debug`: it is a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    Token(String),
    User { user: String, password: String },
}

/// Reads `nats://user:password@host:4222`, `tls://token@host`, `host:4222` or `host`. As in the
/// Go client, a user without a password is a token; both are percent-decoded (RFC 3986
/// section 2.1).
///
/// # Errors
/// What is wrong with it, in words that do not repeat the address.
pub(super) fn parse(text: &str) -> Result<Server, String> {
    let addr = ServerAddr::from_str(text.trim()).map_err(|error| {
        // The library's own words for a scheme are kept; they never hold the credentials.
        let error = error.to_string();
        match error.strip_prefix("NATS server URL is invalid: ") {
            Some(why) => why.to_owned(),
            None => scheme_advice(text),
        }
    })?;
    if addr.is_websocket() {
        return Err(scheme_advice(text));
    }
    if addr.host().is_empty() {
        return Err("it names no host".into());
    }
    let mut url = addr.into_inner();
    let user = decode(url.username())?;
    let password = url.password().map(decode).transpose()?;
    let login = match (user, password) {
        (user, None) if user.is_empty() => None,
        (token, None) => Some(Login::Token(token)),
        (user, Some(password)) => Some(Login::User { user, password }),
    };
    let stripped = url.set_username("").and_then(|()| url.set_password(None));
    stripped.map_err(|()| "its credentials cannot be read".to_owned())?;
    url.set_path("");
    url.set_query(None);
    url.set_fragment(None);
    let addr = ServerAddr::from_url(url).map_err(|error| error.to_string())?;
    Ok(Server { addr, login })
}

/// The address with everything that could be a credential left out. Works on text that is no
/// URL too: all before the last `@` goes, since a password may hold a `/` or an `@` unescaped.
pub(super) fn redacted(text: &str) -> String {
    let (scheme, rest) = match text.trim().split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphabetic()) => (scheme, rest),
        _ => ("nats", text.trim()),
    };
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    let host = host.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{host}")
}

fn scheme_advice(text: &str) -> String {
    // What stands before "://" may be part of a credential when the address is malformed.
    match text.split_once("://") {
        Some((scheme, _)) if scheme.bytes().all(|b| b.is_ascii_alphabetic()) => {
            format!("'{scheme}' is not a scheme to use here: give nats:// or tls://")
        }
        _ => "it is no address: give nats://host:4222 or tls://host".into(),
    }
}

fn decode(text: &str) -> Result<String, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
        match (digit(), digit()) {
            (Some(high), Some(low)) => out.push(u8::try_from(high * 16 + low).unwrap_or_default()),
            _ => {
                return Err("a '%' in its credentials is not followed by two hex digits; \
                            write a plain % as %25"
                    .into());
            }
        }
    }
    String::from_utf8(out).map_err(|_| "its credentials are not UTF-8".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(text: &str) -> Option<Login> {
        parse(text).unwrap().login
    }

    #[test]
    fn credentials_are_taken_out_and_decoded() {
        let server = parse("nats://al%40ice:p%3Ass%2F@example.org:4333").unwrap();
        assert_eq!(server.addr.as_url_str(), "nats://example.org:4333");
        let (user, password) = ("al@ice".into(), "p:ss/".into());
        assert!(server.login == Some(Login::User { user, password }));
        assert!(login("tls://s3cr3t@host") == Some(Login::Token("s3cr3t".into())));
        assert!(login("host").is_none());
        assert!(login("127.0.0.1:4222").is_none());
    }

    #[test]
    fn what_is_wrong_is_named_without_the_secret() {
        for (text, why) in [
            ("http://u:secret@h", "nats:// or tls://"),
            ("ws://u:secret@h", "nats:// or tls://"),
            ("nats://u:secret@", "host"),
            ("nats://u:secret@h:99999", "port"),
            ("nats://u:secret%zz@h", "%25"),
            ("", "host"),
        ] {
            let error = parse(text).err().unwrap_or_else(|| panic!("{text} was taken"));
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("secret"), "{text}: {error}");
        }
    }

    #[test]
    fn redaction_never_keeps_what_may_be_a_secret() {
        for (text, shown) in [
            ("nats://u:secret@h:1", "nats://h:1"),
            ("u:se://cret@h", "nats://h"),
            ("nats://u:sec/re@t@h/x?secret#secret", "nats://h"),
            ("tls://h", "tls://h"),
            ("h:4222", "nats://h:4222"),
        ] {
            assert_eq!(redacted(text), shown, "{text}");
        }
    }
}
