//! Where digests come from: a folder, a Git repository, a feed, a push.
