//! `jogan lookup`: what the chat commands would answer, on the command line; and what the dictionaries lack.

mod candidates;
mod classify;
mod command;
mod trends;

use std::path::Path;

use clap::Subcommand;

use super::Outcome;
use crate::config::Environment;

#[derive(Debug, Subcommand)]
pub(super) enum Arguments {
    /// The articles about a company, by any name, ticker or product
    Company(command::Arguments),
    /// The articles about a topic
    Topic(command::Arguments),
    /// The articles that have some words, with the place where they stand
    Search(command::Arguments),
    /// Who and what was in the news, against the days before
    Trends(trends::Arguments),
    /// Names that the dictionary of companies lacks, as TOML to copy
    Candidates(candidates::Arguments),
    /// Say what texts are about: lines of {"text": …} on standard input to lines of companies and topics
    Classify(classify::Arguments),
}

pub(super) fn lookup(config: Option<&Path>, environment: &Environment, arguments: &Arguments) -> Outcome {
    match arguments {
        Arguments::Company(arguments) => command::answer("company", config, environment, arguments),
        Arguments::Topic(arguments) => command::answer("topic", config, environment, arguments),
        Arguments::Search(arguments) => command::answer("search", config, environment, arguments),
        Arguments::Trends(arguments) => trends::trends(config, environment, arguments),
        Arguments::Candidates(arguments) => candidates::candidates(config, environment, arguments),
        Arguments::Classify(arguments) => classify::classify(arguments),
    }
}
