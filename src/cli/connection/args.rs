//! The options that say where the server is and who is asking.

use std::fmt;
use std::time::Duration;

use clap::Args;

use crate::domain::go_duration;
use crate::store::retry::RETRY_FOR;

/// Where the server is and who is asking.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Connection")]
pub(in crate::cli) struct Server {
    /// Addresses of the server or cluster: nats://host:4222, tls://host, user:password@host.
    /// Several are separated by commas, or the option is repeated [env: NATS_URL] [default:
    /// nats://127.0.0.1:4222].
    #[arg(long, short = 's', value_name = "URL", value_delimiter = ',')]
    pub(in crate::cli) server: Vec<String>,
    /// Context of the nats CLI: a name, or a file ending in .json; else the one that is selected
    /// there. Options and variables go before what it says, each by itself [env: NATS_CONTEXT].
    #[arg(long, value_name = "NAME", conflicts_with = "no_context")]
    pub(in crate::cli) context: Option<String>,
    /// Use no context, not even the selected one.
    #[arg(long)]
    pub(in crate::cli) no_context: bool,
    /// Who is asking.
    #[command(flatten)]
    pub(in crate::cli) login: Login,
    /// Send no write of any kind; say what would be done instead.
    #[arg(long)]
    pub(in crate::cli) read_only: bool,
    /// How long, once connected, a read that meets no connection, no leader or no answer is asked
    /// for again, as in 20s or 2m; three times as long in all; 0s for not at all. A write is never
    /// sent twice [default: 20s].
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    pub(in crate::cli) retry_for: Option<Duration>,
}

impl Server {
    /// How long a read that failed for a passing reason is asked for again.
    pub(in crate::cli) fn retry_for(&self) -> Duration {
        self.retry_for.unwrap_or(RETRY_FOR)
    }
}

fn duration(text: &str) -> Result<Duration, &'static str> {
    let time = go_duration(text).map(Duration::from_nanos);
    time.ok_or("give a number with its unit, as in 20s or 1m30s; 0s for none")
}

/// Who is asking, and how to speak to the server.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Connection")]
pub(in crate::cli) struct Login {
    /// Credentials file with a user JWT and a seed. This and the secrets below may also say where
    /// they are: file:///path, env://NAME or data:;base64,TEXT [env: NATS_CREDS].
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) creds: Option<String>,
    /// File with a user's NKey seed [env: NATS_NKEY].
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) nkey: Option<String>,
    /// Token, besides any other credentials [env: NATS_TOKEN].
    #[arg(long)]
    pub(in crate::cli) token: Option<String>,
    /// User name, with --password; without one it is a token [env: NATS_USER].
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) user: Option<String>,
    /// The user's password; NATS_PASSWORD keeps it out of the list of processes
    /// [env: NATS_PASSWORD].
    #[arg(long)]
    pub(in crate::cli) password: Option<String>,
    /// User JWT, with --seed [env: NATS_JWT].
    #[arg(long)]
    pub(in crate::cli) jwt: Option<String>,
    /// Seed of the user whom the JWT is about [env: NATS_SEED].
    #[arg(long)]
    pub(in crate::cli) seed: Option<String>,
    /// PEM file of certificates to trust instead of the system's; requires TLS [env: NATS_CA].
    #[arg(long, value_name = "FILE", alias = "tlsca")]
    pub(in crate::cli) tls_ca: Option<String>,
    /// PEM file with a client certificate, with --tls-key; requires TLS [env: NATS_CERT].
    #[arg(long, value_name = "FILE", alias = "tlscert")]
    pub(in crate::cli) tls_cert: Option<String>,
    /// PEM file with the key of the client certificate [env: NATS_KEY].
    #[arg(long, value_name = "FILE", alias = "tlskey")]
    pub(in crate::cli) tls_key: Option<String>,
    /// Begin with TLS, before the server's greeting.
    #[arg(long, alias = "tlsfirst")]
    pub(in crate::cli) tls_first: bool,
    /// JetStream domain, which stands for the API prefix $JS.DOMAIN.API.
    #[arg(long, value_name = "DOMAIN", alias = "domain")]
    pub(in crate::cli) js_domain: Option<String>,
    /// Subject prefix of the JetStream API; not with a domain [default: $JS.API].
    #[arg(long, value_name = "PREFIX")]
    pub(in crate::cli) js_api_prefix: Option<String>,
    /// Subject prefix of the inboxes for answers [default: _INBOX].
    #[arg(long, value_name = "PREFIX")]
    pub(in crate::cli) inbox_prefix: Option<String>,
    /// Longest wait for a connection, and for each answer, as in 5s or 1m30s; up to four times as
    /// long for a read while others come [env: NATS_TIMEOUT] [default: 5s].
    #[arg(long, value_name = "DURATION")]
    pub(in crate::cli) timeout: Option<String>,
    /// Show what the connection would be made of, where each value comes from, and end. Secrets
    /// are not shown, and nothing is sent.
    #[arg(long)]
    pub(in crate::cli) explain_connection: bool,
}

/// Shows nothing: addresses and options may be secrets.
impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").finish_non_exhaustive()
    }
}

/// Shows nothing, as for [`Server`].
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}
