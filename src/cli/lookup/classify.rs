//! `jogan lookup classify`: lines of `{"text": …}` on standard input to lines of companies and topics.

use std::io::{BufRead as _, BufWriter, Write as _};

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use crate::app::shipped_lexicon;
use crate::cli::{Failed, Outcome};

#[derive(Debug, Args)]
pub(in crate::cli) struct Arguments {
    /// Print JSON lines: {"companies": […], "implied": […], "topics": […]}
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Line {
    text: String,
}

pub(super) fn classify(arguments: &Arguments) -> Outcome {
    let (classifier, _) = shipped_lexicon();
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (number, line) in (1..).zip(std::io::stdin().lock().lines()) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let Line { text } = serde_json::from_str(&line).map_err(|error| {
            Failed::Usage(format!(
                "line {number} of standard input is not as expected ({error}); write one JSON object a line: {{\"text\": \"…\"}}"
            ))
        })?;
        let about = classifier.classify_text(&text);
        if arguments.json {
            let about = json!({
                "companies": about.companies, "implied": about.implied, "topics": about.topics
            });
            writeln!(out, "{about}")?;
        } else {
            writeln!(out, "{} | {}", about.companies.join(", "), about.topics.join(", "))?;
        }
    }
    out.flush()?;
    Ok(())
}
