//! Makes a finding smaller: `minimise <target> <file>` drops records and clears bytes while the input still fails, and
//! writes what is left beside the file, as `<file>.min`. The fuzzer's own way knows nothing of records.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> ExitCode {
    let [name, file] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .expect("minimise <target> <file>");
    let target = tcp_fuzz::target(&name);
    let mut bytes = std::fs::read(&file).expect("the file can be read");
    std::panic::set_hook(Box::new(|_| {}));
    // The same words, numbers aside: or else one finding turns into another.
    let says = |bytes: &[u8]| {
        catch_unwind(AssertUnwindSafe(|| (target.play)(bytes)))
            .err()
            .map(|panic| {
                let said = panic.downcast_ref::<String>().cloned();
                let said = said
                    .or(panic.downcast_ref::<&str>().map(|said| (*said).into()))
                    .unwrap_or_default();
                said.chars()
                    .filter(|c| !c.is_ascii_digit())
                    .take(12)
                    .collect::<String>()
            })
    };
    let Some(wanted) = says(&bytes) else {
        println!("it does not fail");
        return ExitCode::FAILURE;
    };
    loop {
        let before = bytes.clone();
        let mut count = (bytes.len() / target.record).max(1);
        while count > 0 {
            let mut at = target.header;
            while at < bytes.len() {
                let mut shorter = bytes.clone();
                shorter.drain(at..(at + count * target.record).min(bytes.len()));
                if says(&shorter).as_ref() == Some(&wanted) {
                    bytes = shorter;
                } else {
                    at += count * target.record;
                }
            }
            count /= 2;
        }
        for at in 0..bytes.len() {
            for value in [0, bytes[at] & 0x0f, bytes[at] & 0xf0, bytes[at] / 2] {
                let old = std::mem::replace(&mut bytes[at], value);
                if value >= old || says(&bytes).as_ref() != Some(&wanted) {
                    bytes[at] = old;
                }
            }
        }
        if bytes == before {
            break;
        }
    }
    std::fs::write(format!("{file}.min"), &bytes).expect("the folder can be written to");
    let _ = std::panic::take_hook();
    println!("{} bytes: {bytes:02x?}", bytes.len());
    (target.play)(&bytes);
    ExitCode::SUCCESS
}
