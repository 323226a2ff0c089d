//! Server addresses with logins in them: taken apart once, so that what is shown is what is
//! connected to.

use std::net::Ipv6Addr;
use std::str::FromStr as _;

use async_nats::ServerAddr;

use crate::domain::escape;

/// Shown for an address of which any part may be one of a secret.
pub(super) const HIDDEN: &str = "nats://***";

/// A server's address, and the login that was in it. No `Debug`: it may hold a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(super) addr: ServerAddr,
    pub(super) login: Option<Login>,
    /// It may be the beginning of a secret with a comma in it.
    pub(super) hidden: bool,
}

/// What an address says about who connects. No `Debug`: it is a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Login {
    Token(String),
    User { user: String, password: String },
}

impl Address {
    /// Reads `nats://user:password@host:4222`, `tls://token@host`, `host:4222` or `host`. As in
    /// the Go client, a user without a colon is a token, and both parts are percent-decoded (RFC
    /// 3986 section 2.1); what follows the host and port is not used.
    ///
    /// # Errors
    /// What is wrong with it, in words that repeat nothing of it but a scheme.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").unwrap_or(("nats", text));
        if !scheme.eq_ignore_ascii_case("nats") && !scheme.eq_ignore_ascii_case("tls") {
            return Err(scheme_advice(scheme));
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (login, host) = match authority.rsplit_once('@') {
            Some((login, host)) => (self::login(login)?, host),
            None => (None, authority),
        };
        let host = without_zone(host)?;
        let addr = ServerAddr::from_str(&format!("{scheme}://{host}")).map_err(|error| {
            // The library's own words for what is wrong with a host or port hold neither.
            let error = error.to_string();
            let why = error.strip_prefix("NATS server URL is invalid: ");
            format!(
                "{}; give nats://host:4222, or nats://user:password@host",
                why.unwrap_or(&error)
            )
        })?;
        if addr.host().is_empty() {
            return Err("it names no host".into());
        }
        Ok(Self { addr, login, hidden: false })
    }

    /// Scheme, host and port, escaped: what may be shown.
    pub fn shown(&self) -> String {
        if self.hidden {
            return HIDDEN.to_owned();
        }
        escape::text(self.addr.as_url_str().trim_end_matches('/')).into_owned()
    }

    /// What kind of login is in it.
    pub const fn login(&self) -> Option<&'static str> {
        match &self.login {
            None => None,
            Some(Login::Token(_)) => Some("token"),
            Some(Login::User { .. }) => Some("user and password"),
        }
    }

    /// Whether the login in it is a token.
    pub const fn has_token(&self) -> bool {
        matches!(self.login, Some(Login::Token(_)))
    }

    /// Whether it names a port.
    pub(super) fn has_port(&self) -> bool {
        self.addr.clone().into_inner().port().is_some()
    }

    /// Whether it asks for TLS.
    pub fn is_tls(&self) -> bool {
        self.addr.tls_required()
    }

    /// Whether both lead to one server, as far as their text tells: the names of this machine are
    /// alike.
    pub fn is_same_server(&self, other: &Self) -> bool {
        let host = |address: &Self| {
            let host = address.addr.host().to_ascii_lowercase();
            if matches!(&*host, "localhost" | "::1") { "127.0.0.1".to_owned() } else { host }
        };
        host(self) == host(other) && self.addr.port() == other.addr.port()
    }
}

/// Whether an address of a list may be a piece of a secret with a comma in it: the texts up to it,
/// those after it, and whether the one before it may be such a piece.
pub(super) fn may_be_piece(
    before: &[&str],
    later: &[&str],
    address: &Address,
    is_after_piece: bool,
) -> bool {
    let has_scheme = |text: &&str| text.contains("://");
    // What is left of a secret has no scheme. Before it stands what looks like a host, or like a
    // host with digits as its port, and then the rest looks like a token.
    let rest = later.iter().filter(|text| !has_scheme(text) && text.contains('@'));
    let mut rest =
        rest.map(|text| text.rsplit_once('@').is_some_and(|(login, _)| !login.contains(':')));
    let may_begin = if before.iter().any(has_scheme) {
        rest.any(|is_token| is_token || !address.has_port())
    } else {
        let host = address.addr.host();
        let is_host = host.contains(['.', ':']) || host == "localhost";
        !is_host && !address.has_port() && rest.any(|is_token| is_token)
    };
    let is_last = is_after_piece
        && before.last().is_some_and(|text| {
            let end = text.find(['/', '?', '#']).and_then(|at| text.get(at..));
            !has_scheme(text) && end.is_some_and(|end| end.contains('@'))
        });
    may_begin || is_last
}

fn login(text: &str) -> Result<Option<Login>, String> {
    Ok(match text.split_once(':') {
        None if text.is_empty() => None,
        None => Some(Login::Token(decode(text)?)),
        Some(("", "")) => None,
        Some((user, password)) => {
            Some(Login::User { user: decode(user)?, password: decode(password)? })
        }
    })
}

/// An IPv6 address in brackets may have a zone (RFC 6874 section 2). Only a link-local address
/// needs one, and the client library has no place for it.
fn without_zone(host: &str) -> Result<String, String> {
    let zoned = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((inside, port)) = zoned else { return Ok(host.to_owned()) };
    let Some((ip, _zone)) = inside.split_once('%') else { return Ok(host.to_owned()) };
    if ip.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_unicast_link_local()) {
        return Err("roomscope cannot connect to a link-local address with a zone; give the \
                    server's name, or another of its addresses"
            .into());
    }
    Ok(format!("[{ip}]{port}"))
}

fn scheme_advice(scheme: &str) -> String {
    // What stands before "://" may be part of a secret when the address is malformed.
    match scheme {
        "ws" | "wss" => "roomscope connects through no WebSocket: give nats:// or tls://".into(),
        "http" | "https" => {
            format!("'{scheme}' is not a scheme to use here: give nats:// or tls://")
        }
        _ => "its scheme is not one to use here: give nats://host:4222 or tls://host".into(),
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
                return Err("a '%' in its login is not followed by two hex digits; write a plain \
                            % as %25"
                    .into());
            }
        }
    }
    String::from_utf8(out).map_err(|_| "its login is not UTF-8".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn login(text: &str) -> Option<Login> {
        Address::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).login
    }

    fn user(user: &str, password: &str) -> Option<Login> {
        Some(Login::User { user: user.into(), password: password.into() })
    }

    #[test]
    fn logins_are_taken_out_and_decoded() {
        let server = Address::parse("nats://al%40ice:p%3Ass%2F@example.org:4333").unwrap();
        assert_eq!(server.shown(), "nats://example.org:4333");
        assert!(server.login == user("al@ice", "p:ss/"));
        assert!(login("tls://s3cr3t@host") == Some(Login::Token("s3cr3t".into())));
        assert!(login("u:p@host:1") == user("u", "p"));
        assert!(login("nats://user:@host") == user("user", ""));
        assert!(login("nats://u:t@r@host") == user("u", "t@r"));
        for none in ["host", "127.0.0.1:4222", "nats://@host", "nats://:@host"] {
            assert!(login(none).is_none(), "{none}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_without_the_secret() {
        for (text, why) in [
            ("http://u:secret@h", "nats:// or tls://"),
            ("ws://u:secret@h", "WebSocket"),
            ("secret://h", "nats://"),
            ("u:se://secret@h", "nats://"),
            ("nats://u:secret@", "host"),
            ("nats://u:secret@h:99999", "port"),
            ("nats://user:secret", "port"),
            ("nats://u:secret%zz@h", "%25"),
            ("nats://[fe80::1%25secret]:4222", "link-local"),
            ("", "host"),
        ] {
            let error = Address::parse(text).err().unwrap_or_else(|| panic!("{text} was taken"));
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("secret"), "{text}: {error}");
        }
    }

    #[test]
    fn what_is_shown_is_what_is_connected_to() {
        for (text, shown, host, port) in [
            ("nats://u:secret@h:1", "nats://h:1", "h", 1),
            ("nats://real/@shown", "nats://real", "real", 4222),
            ("nats://real?x@shown:5#y@z", "nats://real", "real", 4222),
            ("nats://u:sec@ret@h/x?secret#secret", "nats://h", "h", 4222),
            ("TLS://h", "tls://h", "h", 4222),
            ("h:4222", "nats://h:4222", "h", 4222),
            ("[::1%25lo]:4333", "nats://[::1]:4333", "::1", 4333),
            ("nats://[::1]", "nats://[::1]", "::1", 4222),
        ] {
            let address = Address::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(address.shown(), shown, "{text}");
            assert_eq!((address.addr.host(), address.addr.port()), (host, port), "{text}");
        }
    }

    #[test]
    fn no_piece_of_a_secret_with_a_comma_is_shown() {
        let shown = |list: &str| crate::store::nats::ConnectOptions::new(list).redacted();
        for list in [
            "nats://sec,ret@h",
            "nats://sec,re,t@h",
            "nats://u:sec,ret@h",
            "nats://u:123,ret@h",
            "nats://u:p@sec:2,ret@h",
            "nats://sec,te/ret@h",
            "sec,ret@h",
            "nats://u:sec,nats://ret@h",
        ] {
            assert!(!shown(list).contains("sec") && !shown(list).contains("te"), "{list}");
            assert!(!shown(list).contains("123"), "{list}");
        }
        for (list, wanted) in [
            ("h1:1,u:p@h2", "nats://h1:1, nats://h2"),
            ("u:p@h1,v:q@h2,h3", "nats://h1, nats://h2, nats://h3"),
            ("nats://a:1,u:p@b:2", "nats://a:1, nats://b:2"),
            ("nats://a,nats://t@b,tls://c", "nats://a, nats://t@b, tls://c"),
            ("10.0.0.1,t@10.0.0.2", "nats://10.0.0.1, nats://10.0.0.2"),
        ] {
            assert_eq!(shown(list), wanted.replace("t@", ""), "{list}");
        }
    }

    #[test]
    fn one_server_may_have_several_names() {
        let same = |a, b| Address::parse(a).unwrap().is_same_server(&Address::parse(b).unwrap());
        assert!(same("localhost", "nats://127.0.0.1:4222"));
        assert!(same("tls://u:p@[::1]:5", "LOCALHOST:5"));
        assert!(same("Example.org", "example.org"));
        assert!(!same("localhost", "localhost:4223"));
        assert!(!same("a", "b"));
    }
}
