//! `jogan completions`: what a shell completes after `jogan`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Outcome;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  jogan completions bash > ~/.local/share/bash-completion/completions/jogan
  jogan completions zsh > ~/.zfunc/_jogan
  jogan completions fish > ~/.config/fish/completions/jogan.fish")]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

pub(super) fn completions(arguments: &Arguments) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Cli::command(), "jogan", &mut script);
    std::io::Write::write_all(&mut std::io::stdout(), &script)?;
    Ok(())
}
