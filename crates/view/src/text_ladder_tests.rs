use super::*;
use crate::testing::{conversation, troubles};

#[test]
fn show() {
    for score in [conversation(), troubles()] {
        println!(
            "{}",
            text_ladder(&Frame::whole(&score), &Options::default(), Charset::Unicode)
        );
        println!("{}", flags_line(&score));
    }
}
