//! Configuration: a file, the environment over it, every fault reported at once.
