//! The subjects that requests go to and answers come to, where they are not the usual ones.

use super::options::{ConnectOptions, usage};
use crate::store::StoreError;

/// Where JetStream's API is unless its owner says otherwise.
const API: &str = "$JS.API";
/// Where answers go to unless told otherwise.
const INBOX: &str = "_INBOX";

/// The prefixes in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Subjects {
    api: String,
    inbox: Option<String>,
}

impl Subjects {
    /// The prefixes of these options. A domain goes before an API prefix; a dot at a prefix's end
    /// is left out.
    ///
    /// # Errors
    /// For what cannot be part of a subject.
    pub(super) fn new(options: &ConnectOptions) -> Result<Self, StoreError> {
        let api = match (&options.domain, &options.api_prefix) {
            (Some(domain), _) => {
                let domain = prefix(domain, "JetStream domain", "--js-domain")?;
                if domain.contains('.') {
                    let advice = "a domain holds no dot; give a whole prefix with --js-api-prefix";
                    return Err(usage(format!("JetStream domain '{domain}'"), advice));
                }
                format!("$JS.{domain}.API")
            }
            (None, Some(given)) => {
                prefix(given, "JetStream API prefix", "--js-api-prefix")?.to_owned()
            }
            (None, None) => API.to_owned(),
        };
        let inbox = options.inbox_prefix.as_deref();
        let inbox = inbox.map(|given| prefix(given, "inbox prefix", "--inbox-prefix"));
        Ok(Self { api, inbox: inbox.transpose()?.map(str::to_owned) })
    }

    /// The subject of an API call: `STREAM.INFO.name`.
    pub(super) fn api(&self, call: &str) -> String {
        format!("{}.{call}", self.api)
    }

    /// Whether the API may be reached through an import of another account. Unless its owner said
    /// otherwise, an import lets one message through for each request, and loses the others.
    pub(super) fn may_be_imported(&self) -> bool {
        !self.api.starts_with("$JS.")
    }

    /// The prefix of inboxes, where it is not the client library's own.
    pub(super) fn inbox_prefix(&self) -> Option<&str> {
        self.inbox.as_deref()
    }

    /// What an account must be allowed to subscribe to.
    pub(super) fn inboxes(&self) -> String {
        format!("{}.>", self.inbox_prefix().unwrap_or(INBOX))
    }

    /// Whether a subject is that of an inbox.
    pub(super) fn is_inbox(&self, subject: &str) -> bool {
        let prefix = self.inbox_prefix().unwrap_or(INBOX);
        subject.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('.'))
    }
}

fn prefix<'a>(given: &'a str, name: &str, option: &str) -> Result<&'a str, StoreError> {
    let text = given.strip_suffix('.').unwrap_or(given);
    let fits = |token: &str| {
        let bad = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '*' | '>');
        !token.is_empty() && !token.contains(bad)
    };
    if text.split('.').all(fits) {
        return Ok(text);
    }
    let advice = format!(
        "it cannot begin a subject: give words joined by dots, without blanks and wildcards, \
         with {option}"
    );
    Err(usage(format!("{name} '{given}'"), advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(domain: &str, api: &str, inbox: &str) -> Result<Subjects, StoreError> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Subjects::new(&ConnectOptions {
            domain: given(domain),
            api_prefix: given(api),
            inbox_prefix: given(inbox),
            ..ConnectOptions::default()
        })
    }

    #[test]
    fn a_domain_goes_before_a_prefix() {
        for (domain, api, wanted) in [
            ("", "", "$JS.API.INFO"),
            ("hub", "", "$JS.hub.API.INFO"),
            ("", "from.hub.", "from.hub.INFO"),
            ("hub", "from.hub", "$JS.hub.API.INFO"),
        ] {
            assert_eq!(with(domain, api, "").unwrap().api("INFO"), wanted);
        }
    }

    #[test]
    fn an_inbox_is_known_by_its_prefix() {
        let (usual, own) = (with("", "", "").unwrap(), with("", "", "_IN.me").unwrap());
        assert!(usual.is_inbox("_INBOX.x.*") && !usual.is_inbox("_INBOXES.x"));
        assert!(own.is_inbox("_IN.me.x.*") && !own.is_inbox("_INBOX.x.*"));
        assert_eq!((usual.inboxes().as_str(), own.inboxes().as_str()), ("_INBOX.>", "_IN.me.>"));
    }

    #[test]
    fn what_cannot_be_a_subject_is_refused_by_the_option_to_mend() {
        for (given, option) in [
            (with("a.b", "", ""), "--js-api-prefix"),
            (with("a b", "", ""), "--js-domain"),
            (with("", "a..b", ""), "--js-api-prefix"),
            (with("", "a.>", ""), "--js-api-prefix"),
            (with("", "", "_IN.*"), "--inbox-prefix"),
            (with("", "", "."), "--inbox-prefix"),
        ] {
            let error = given.unwrap_err().to_string();
            assert!(error.contains(option), "{error}");
        }
    }
}
