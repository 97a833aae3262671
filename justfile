# `just` lists these; each is one line that works without just, too.

default:
    @just --list

# Everything that has to hold before a change goes in
ci:
    scripts/test

# The demo: a local Discord and a local Telegram on one web page
demo *arguments:
    cargo run --release -- demo {{arguments}}

# Format the sources
fmt:
    cargo fmt --all

# The lints, as CI has them
lint:
    cargo clippy --all-targets --locked -- -D warnings

# The tests whose names contain a word, such as `just test architecture`
test filter="":
    cargo test --locked {{filter}}

# Take the snapshots of the tests' last renderings over; look at the difference before you commit
snapshots filter="":
    INSTA_UPDATE=always cargo test --locked {{filter}}

# The documentation of the code, in a browser
doc:
    cargo doc --no-deps --document-private-items --open

# How a post is understood and set: `just preview post.md --platform telegram`
preview *arguments:
    cargo run -q -- preview {{arguments}}
