//! What the command line's definition does not hold.

/// Exit codes.
pub(super) const EXIT_STATUS: &[(&str, &str)] = &[
    ("0", "It was done, or the reader of the output went away."),
    ("1", "It failed: the server did not answer, or something could not be read or written."),
    ("2", "It was asked for wrongly; nothing was done."),
    ("3", "A command that checks found something wrong."),
    ("128+N", "The screen was ended by signal N."),
];

/// Variables that are looked at.
pub(super) const ENVIRONMENT: &[(&str, &str)] = &[
    ("NATS_URL", "Addresses of the server, where --server is not given."),
    ("NATS_CONTEXT", "Context of the nats tool: a name, or a path ending in .json."),
    ("NATS_USER, NATS_PASSWORD", "User and password; a user without a password is a token."),
    ("NATS_TOKEN", "Token."),
    ("NATS_CREDS", "Credentials file."),
    ("NATS_NKEY", "File with an NKey seed."),
    ("NATS_JWT, NATS_SEED", "User JWT, and its seed."),
    ("NATS_CERT, NATS_KEY", "Client certificate and its key, for mutual TLS."),
    ("NATS_CA", "Certificates to trust."),
    ("NATS_TIMEOUT", "Longest wait for a connection to one server, and for each answer."),
    ("ROOMSCOPE_CONFIG", "Configuration file, where --config is not given."),
    (
        "XDG_CONFIG_HOME",
        "Folder of configurations instead of ~/.config, if it is an absolute path.",
    ),
    ("NO_COLOR", "If it is not empty, no colours, unless --color or the configuration file asks."),
    (
        "TERM, COLORTERM",
        "Which colours the terminal has: none for dumb, all for truecolor or 24bit.",
    ),
    ("LC_ALL, LC_CTYPE, LANG", "The first that is set: whether characters beyond ASCII are drawn."),
    ("TZ", "The local time zone."),
];

/// Files that are read.
pub(super) const FILES: &[(&str, &str)] = &[
    (
        "~/.config/roomscope/config.toml",
        "What is wanted each time: context, rooms (a rooms file), last, cache, [theme] with color, \
         ascii, utc and mouse, [keys] with a key or a list of keys for each action. roomscope \
         config prints one. The command line comes first, then the environment, then this file.",
    ),
    (
        "~/.config/nats/context/*.json, ~/.config/nats/context.txt",
        "Contexts of the nats tool, and the name of the selected one. Never written.",
    ),
];

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::args::Cli;

    #[test]
    fn every_variable_of_an_option_is_in_the_manual() {
        let names: Vec<&str> = ENVIRONMENT.iter().flat_map(|(name, _)| name.split(", ")).collect();
        let root = Cli::command().term_width(1000);
        let mut seen = 0;
        for mut command in root.get_subcommands().chain([&root]).cloned() {
            let help = command.render_long_help().to_string();
            for after in help.split("[env: ").skip(1) {
                let name = after.split([']', ',', ' ', '=']).next().unwrap();
                assert!(names.contains(&name), "{name}: {help}");
                seen += 1;
            }
            for arg in command.get_arguments().filter(|arg| arg.get_env().is_some()) {
                assert!(arg.is_hide_env_values_set(), "{} may hold a secret", arg.get_id());
            }
        }
        assert!(seen > 10, "{seen}");
    }
}
