//! The program `jogan`: parses the command line, calls it, exits with its code.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Gives memory back soon after it was needed, SQLite's, too (`override`), of which the system's keeps half as much again when
/// nothing happens.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    jogan::cli::main()
}
