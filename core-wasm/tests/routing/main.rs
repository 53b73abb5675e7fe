//! The forwarder, step by step and as a whole: what it drops and why, where it sends, and what it never does.
#![allow(clippy::expect_used, reason = "a test may panic")]

#[path = "../common/mod.rs"]
mod common;
mod harness;
mod invariants;
mod steps;
mod story;
