//! The program `jogan`: parses the command line, calls it, exits with its code.

use std::process::ExitCode;

fn main() -> ExitCode {
    jogan::cli::main()
}
