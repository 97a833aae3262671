//! The two platforms over HTTP: calls, rates and what their errors mean.
