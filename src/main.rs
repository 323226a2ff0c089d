//! The program: parses, runs, exits.

use std::process::ExitCode;

fn main() -> ExitCode {
    roomscope::cli::main()
}
