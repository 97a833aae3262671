//! The catalogue of commands, and what each does, platform-neutral.
