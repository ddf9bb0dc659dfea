//! The shell commands of scripts: settings of the kernel are taken, sleeping passes time, what only looks does nothing.

use tcp::settings::Settings;

use super::{Refusal, set};

/// What the script `defaults.sh` that Linux scripts begin with sets.
const LINUX_DEFAULTS: &[(&str, &str)] = &[
    ("net.ipv4.tcp_rmem", "4096 540000 15728640"),
    ("net.ipv4.tcp_wmem", "4096 262144 4194304"),
    ("net.ipv4.tcp_timestamps", "1"),
    ("net.ipv4.tcp_syn_retries", "5"),
    ("net.ipv4.tcp_synack_retries", "5"),
    ("net.ipv4.tcp_sack", "1"),
    ("net.ipv4.tcp_congestion_control", "cubic"),
    ("net.ipv4.tcp_syncookies", "1"),
];

/// What a shell command does to a run.
#[derive(Clone, PartialEq, Debug, Default)]
pub(in super::super) struct Effect {
    /// How long it sleeps, in microseconds.
    pub sleep: u64,
}

/// Carries out a shell command: settings of the kernel are taken, sleeping passes time, a list of tools is known to do nothing that the engine could see.
pub(in super::super) fn command(settings: &mut Settings, text: &str) -> Result<Effect, Refusal> {
    let mut effect = Effect::default();
    let text = text.replace("\\\n", " ");
    for part in parts(&text) {
        simple_command(settings, &part, &mut effect)?;
    }
    Ok(effect)
}

/// The simple commands of a line, each as its words. What stands behind a pipe is of no interest.
fn parts(text: &str) -> Vec<Vec<String>> {
    let mut parts = vec![Vec::new()];
    let mut word = String::new();
    let mut in_word = false;
    let mut quote = None;
    let mut piped = false;
    let mut characters = text.chars().peekable();
    let mut parenthesis = 0_u32;
    while let Some(c) = characters.next() {
        if let Some(q) = quote {
            if c == q {
                quote = None;
            } else {
                word.push(c);
            }
            continue;
        }
        match c {
            '"' | '\'' => {
                quote = Some(c);
                in_word = true;
            }
            '$' if characters.peek() == Some(&'(') => {
                parenthesis += 1;
                word.push(c);
                in_word = true;
            }
            '(' if parenthesis > 0 => word.push(c),
            ')' if parenthesis > 0 => word.push(c),
            '#' if !in_word => {
                while characters.peek().is_some_and(|c| *c != '\n') {
                    characters.next();
                }
            }
            c if c.is_whitespace() || matches!(c, ';' | '&' | '|') => {
                if in_word {
                    if !piped {
                        parts.last_mut().expect("one is there").push(word.clone());
                    }
                    word.clear();
                    in_word = false;
                }
                if c == '|' && characters.peek() != Some(&'|') {
                    piped = true;
                } else if matches!(c, '\n' | ';' | '&' | '|') {
                    if c == '|' || c == '&' {
                        characters.next_if_eq(&c);
                    }
                    piped = false;
                    parts.push(Vec::new());
                }
            }
            c => {
                word.push(c);
                in_word = true;
            }
        }
    }
    if in_word && !piped {
        parts.last_mut().expect("one is there").push(word);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn simple_command(
    settings: &mut Settings,
    words: &[String],
    effect: &mut Effect,
) -> Result<(), Refusal> {
    // Assignments before the command, and what only wraps it.
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    while words.first().is_some_and(|word| {
        matches!(*word, "sudo" | "time" | "nice" | "!" | "exec")
            || (word.contains('=') && !word.starts_with('-') && words.len() > 1)
    }) {
        words.remove(0);
    }
    let Some((name, arguments)) = words.split_first() else {
        return Ok(());
    };
    let tool = name.rsplit('/').next().unwrap_or(name);
    match tool {
        "sysctl" => {
            let mut before = "";
            for argument in arguments {
                if argument.starts_with('-') || argument.starts_with(['>', '2', '1']) {
                } else if let Some((name, value)) = argument.split_once('=') {
                    set(settings, name.trim(), value.trim().trim_matches('"'))?;
                } else if *argument == "=" {
                    continue;
                } else if before == "=" {
                    return Err("a sysctl with spaces around its sign is not understood".to_owned());
                }
                before = argument;
            }
            Ok(())
        }
        "set_sysctls.py" => {
            for argument in arguments {
                if let Some((name, value)) = argument.split_once('=') {
                    set(settings, name, value)?;
                }
            }
            Ok(())
        }
        "defaults.sh" => {
            for (name, value) in LINUX_DEFAULTS {
                set(settings, name, value)?;
            }
            Ok(())
        }
        "sleep" | "usleep" => {
            let text = arguments.first().copied().unwrap_or("");
            let unit = if tool == "usleep" { 1 } else { 1_000_000 };
            effect.sleep += length_of_time(text, unit)
                .ok_or_else(|| format!("«sleep {text}» is not understood"))?;
            Ok(())
        }
        "echo" => {
            let target = arguments
                .iter()
                .position(|word| word.starts_with('>'))
                .and_then(|at| {
                    let path = arguments[at].trim_start_matches('>');
                    if path.is_empty() {
                        arguments.get(at + 1).copied()
                    } else {
                        Some(path)
                    }
                });
            match target {
                Some(path) if path.starts_with("/proc/sys/") => {
                    let value: Vec<&str> = arguments
                        .iter()
                        .copied()
                        .take_while(|word| !word.starts_with('>'))
                        .filter(|word| !word.starts_with('-'))
                        .collect();
                    set(settings, path, &value.join(" "))
                }
                _ => Ok(()),
            }
        }
        "ip" => match arguments.iter().find(|word| {
            matches!(
                **word,
                "initcwnd"
                    | "initrwnd"
                    | "mtu"
                    | "rto_min"
                    | "quickack"
                    | "congctl"
                    | "advmss"
                    | "features"
            )
        }) {
            Some(word) => Err(format!("a route with «{word}» is not there")),
            None => Ok(()),
        },
        // They look at things, or change what the engine's world does not have.
        "nstat" | "tc" | "iptables" | "ip6tables" | "nft" | "conntrack" | "ss" | "netstat"
        | "sockstat" | "tcpdrop" | "grep" | "egrep" | "awk" | "sed" | "cat" | "head" | "tail"
        | "wc" | "true" | ":" | "test" | "[" | "exit" | "rm" | "mkdir" | "touch" | "cp"
        | "modprobe" | "kldload" | "kldstat" | "kldunload" | "ethtool" | "ifconfig" | "export"
        | "set" | "cd" | "date" | "uname" | "ping" | "tcpdump" | "dmesg" | "flush_hostcache"
        | "route" | "printf" | "diff" | "tee" => Ok(()),
        _ => Err(format!("the command «{tool}» is not there")),
    }
}

/// `1`, `0.5`, `1s`, `100ms` as microseconds.
fn length_of_time(text: &str, unit: u64) -> Option<u64> {
    let text = text.trim_end_matches('s');
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut micros = if whole.is_empty() {
        0
    } else {
        whole.parse::<u64>().ok()?.checked_mul(unit)?
    };
    let mut step = unit / 10;
    for digit in fraction.chars() {
        micros = micros.checked_add(u64::from(digit.to_digit(10)?) * step)?;
        step /= 10;
    }
    (micros < super::super::parser::TIME_MAX_US).then_some(micros)
}
