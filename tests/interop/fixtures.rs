//! The kernel talking to itself.
