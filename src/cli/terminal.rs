//! Asking on a terminal: a line with a default, and one that nobody can read over a shoulder.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

/// Whether somebody is there to answer.
pub(super) fn is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a line; an empty one means `default`.
pub(super) fn ask(question: &str, default: &str) -> io::Result<String> {
    let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
    let line = read(&format!("{question}{shown}: "))?;
    Ok(if line.is_empty() { default.to_owned() } else { line })
}

/// Asks for a line that is not shown while it is typed.
pub(super) fn ask_secret(question: &str) -> io::Result<String> {
    let shown = tcgetattr(io::stdin())?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(io::stdin(), OptionalActions::Now, &hidden)?;
    let line = read(&format!("{question}: "));
    tcsetattr(io::stdin(), OptionalActions::Now, &shown)?;
    writeln!(io::stderr())?;
    line
}

fn read(prompt: &str) -> io::Result<String> {
    write!(io::stderr(), "{prompt}")?;
    io::stderr().flush()?;
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "nobody answers any more"));
    }
    Ok(line.trim().to_owned())
}
