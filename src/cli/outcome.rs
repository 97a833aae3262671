//! How a subcommand ends, and what the process says of it.

use std::io::Write as _;
use std::process::ExitCode;

use crate::config::{ConfigError, Fault};

/// What a subcommand comes to.
pub(crate) type Outcome = Result<(), Failed>;

/// How a subcommand fails.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Wrong usage or configuration: exit code 2.
    Usage(String),
    /// It went wrong: exit code 1.
    Failure(anyhow::Error),
    /// What was asked is answered with no, and said already: exit code 1.
    No,
}

impl<E: Into<anyhow::Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        let error = error.into();
        match error.downcast_ref::<ConfigError>() {
            Some(error) => Self::Usage(error.to_string()),
            None => Self::Failure(error),
        }
    }
}

impl Failed {
    /// Wrong variables of the environment.
    pub(crate) fn faults(faults: &[Fault]) -> Self {
        Self::Usage(faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    }
}

/// Says why, and gives the exit code.
pub(super) fn report(outcome: Outcome) -> ExitCode {
    let (why, code) = match outcome {
        Ok(()) => return ExitCode::SUCCESS,
        // Whoever read the output has seen enough: `jogan preview … | head`.
        Err(Failed::Failure(error)) if is_broken_pipe(&error) => return ExitCode::SUCCESS,
        Err(Failed::No) => return ExitCode::from(1),
        Err(Failed::Usage(why)) => (why, 2),
        Err(Failed::Failure(error)) => (format!("{error:#}"), exit_code(&error)),
    };
    // Nobody is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "jogan: {why}");
    ExitCode::from(code)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// A database of a newer version is a wrong set-up, not a failure that passes.
fn exit_code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<crate::store::StoreError>() {
        Some(
            crate::store::StoreError::Newer { .. }
            | crate::store::StoreError::Older { .. }
            | crate::store::StoreError::Address { .. }
            | crate::store::StoreError::InUse { .. }
            | crate::store::StoreError::NotEmpty { .. },
        ) => 2,
        _ => 1,
    }
}
