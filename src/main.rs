//! The program `jogan`: parses the command line, calls it, exits with its code.
fn main() {}
