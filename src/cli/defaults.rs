//! What the configuration file says of commands, put in where the command line said nothing.

use super::args::Command;
use super::config::Config;
use super::source::Source;

impl Command {
    /// Where the command reads rooms from, for those that do.
    const fn source(&mut self) -> Option<&mut Source> {
        match self {
            Self::Check(check) => Some(&mut check.source),
            Self::Ensure(ensure) => Some(&mut ensure.source),
            Self::Export(export) => Some(&mut export.source),
            Self::History(history) => Some(&mut history.source),
            Self::Serve(serve) => Some(&mut serve.source),
            Self::Rooms(rooms) => Some(&mut rooms.source),
            Self::Why(why) => Some(&mut why.source),
            Self::Demo(_)
            | Self::Seed(_)
            | Self::Sign(_)
            | Self::Verify(_)
            | Self::Config(_)
            | Self::Completions(_)
            | Self::Man(_) => None,
        }
    }

    /// Whether the configuration file says something that the command goes by. `demo` and
    /// `config` read the file themselves.
    pub(super) const fn takes_defaults(&mut self) -> bool {
        self.source().is_some()
    }

    /// Lets the configuration file say what the command line left open.
    pub(super) fn fill(&mut self, config: &Config) {
        if let Some(source) = self.source() {
            source.fill(config);
        }
        if let Self::History(history) = self {
            history.fill(config);
        }
    }
}
