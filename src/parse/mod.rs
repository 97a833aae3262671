//! Text to [`Digest`](crate::model::Digest): front matter, the Markdown tree, articles. Pure.
