//! Tries scripts: `drill [--policy P] [--explain] FILE…`.
use formats::packetdrill::{Options, run};
fn main() {
    let (mut options, mut explain, mut good, mut bad) = (Options::default(), false, 0, 0);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--explain" => explain = true,
            "--policy" => {
                options.policy =
                    tcp::settings::Policy::from_id(&arguments.next().unwrap_or_default());
            }
            file => {
                let text = std::fs::read_to_string(file).expect("readable");
                let outcome = std::panic::catch_unwind(|| run(&text, &options));
                match outcome {
                    Ok(outcome) => match outcome.failure {
                        None => {
                            println!("ok     {file}");
                            good += 1;
                        }
                        Some(failure) => {
                            println!("FAILED {file}\n{}", failure.text(file, explain));
                            bad += 1;
                        }
                    },
                    Err(_) => {
                        println!("PANIC  {file}");
                        bad += 1;
                    }
                }
            }
        }
    }
    println!("{good} passed, {bad} failed");
}
