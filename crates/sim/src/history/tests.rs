//! Going back and forth gives what running from zero gives.
