use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::*;
use crate::seq::Seq;
use crate::time::Duration;

#[test]
fn every_default_can_be_printed_and_read_back() {
    for &policy in Policy::ALL {
        let settings = Settings::new(policy);
        let mut copy = Settings::new(policy);
        for info in Settings::table() {
            let value = settings.value(info.name).unwrap();
            assert_eq!(
                copy.set(info.name, &value),
                Ok(()),
                "{} = {value}",
                info.name
            );
            assert!(!settings.differs_from_default(info.name));
            let documentation = Settings::documentation(info.name).unwrap();
            assert!(!documentation.is_empty() && !documentation.ends_with('.'));
        }
        assert_eq!(copy, settings);
        assert_eq!(copy.changed().count(), 0);
    }
}

#[test]
fn names_are_kebab_case_and_stand_there_once() {
    let names: Vec<_> = Settings::table().iter().map(|info| info.name).collect();
    for (i, name) in names.iter().enumerate() {
        assert!(
            name.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "{name}"
        );
        assert!(!names[..i].contains(name), "{name} twice");
    }
}

#[test]
fn design_defaults() {
    let rfc = Settings::default();
    for (name, value) in [
        ("policy", "rfc"),
        ("rto-initial", "1s"),
        ("rto-minimum", "1s"),
        ("rto-maximum", "1min"),
        ("syn-time-limit", "3min"),
        ("syn-retries", "unlimited"),
        ("syn-ack-retries", "5"),
        ("r2", "100s"),
        ("delayed-ack-time", "200ms"),
        ("initial-window", "10"),
        ("send-buffer", "65536"),
        ("receive-buffer", "65536"),
        ("mss", "1460"),
        ("msl", "2min"),
        ("fin-wait-2-limit", "1min"),
        ("backlog", "128"),
        ("window-scale", "off"),
        ("timestamps", "off"),
        ("sack", "off"),
        ("keep-alive", "off"),
        ("keep-alive-interval", "2h"),
        ("isn", "rfc9293"),
        ("linger", "never"),
    ] {
        assert_eq!(rfc.value(name).as_deref(), Some(value), "{name}");
    }
    let linux = Settings::new(Policy::Linux);
    assert_eq!(
        (linux.syn_retries, linux.delayed_ack_time),
        (Some(6), Duration::from_millis(40))
    );
    assert!(linux.window_scale && linux.timestamps && linux.sack);
    let letter = Settings::new(Policy::Letter);
    assert!(!letter.reset_with_ack);
    assert_eq!(letter.crossing_syn_ack, CrossingSynAck::Ack);
}

#[test]
fn a_setting_takes_what_its_row_says_and_nothing_else() {
    let mut settings = Settings::default();
    assert_eq!(settings.set("no-such", "1"), Err(SettingError::UnknownName));
    for (name, good, bad) in [
        ("nagle", &["off", "on", "false"][..], &["maybe", ""][..]),
        (
            "mss",
            &["64", "65495", "536"],
            &["63", "65496", "+536", "1e3", ""],
        ),
        (
            "msl",
            &["0", "500ms", "1h", "1.5s"],
            &["2h", "-1s", "5", "5 parsecs", "1.0000001s", ".5s", "1.s"],
        ),
        ("syn-retries", &["unlimited", "0", "255"], &["256", "never"]),
        ("user-timeout", &["never", "5min"], &["unlimited", "0s"]),
        (
            "congestion",
            &["reno", "newreno", "cubic", "none"],
            &["bbr"],
        ),
        (
            "isn",
            &[
                "rfc9293",
                "random",
                "clock",
                "counter",
                "counter 64000",
                "fixed 7",
                "listed 99, 400",
                "listed(1,2)",
            ],
            &["listed", "listed 4294967296", "fixed -1", "random 3", "99"],
        ),
    ] {
        for text in good {
            assert_eq!(settings.set(name, text), Ok(()), "{name} = {text}");
            let printed = settings.value(name).unwrap();
            assert_eq!(settings.set(name, &printed), Ok(()), "{name} = {printed}");
            assert_eq!(settings.value(name).unwrap(), printed);
        }
        let before = settings.clone();
        for text in bad {
            let error = settings.set(name, text).unwrap_err();
            assert!(
                matches!(error, SettingError::Refused(info) if info.name == name),
                "{name} = {text}"
            );
            assert_eq!(settings, before);
        }
    }
    assert_eq!(settings.isn, IsnGenerator::Listed([1, 2].map(Seq).into()));
    assert_eq!(settings.value("isn").unwrap(), "listed 1, 2");
    assert!(settings.differs_from_default("isn") && !settings.differs_from_default("sack"));
    assert!(
        settings
            .changed()
            .any(|(name, value)| name == "isn" && value == "listed 1, 2")
    );
    let error = settings.set("delayed-ack-time", "1s").unwrap_err();
    assert_eq!(error.to_string(), "delayed-ack-time takes 1ms … 499ms");
    assert_eq!(
        format!("{}", settings.set("policy", "bsd").unwrap_err()),
        "policy takes rfc | linux | freebsd | letter"
    );
    assert_eq!(settings.set("policy", "linux"), Ok(()));
    assert_eq!(settings, Settings::new(Policy::Linux));
}

#[test]
fn durations_as_text() {
    for (text, us) in [
        ("200us", 200),
        ("40ms", 40_000),
        ("1s", 1_000_000),
        ("2min", 120_000_000),
        ("2h", 7_200_000_000),
    ] {
        assert_eq!(Duration::from_text(text), Some(Duration(us)));
        assert_eq!(Duration(us).to_string(), text);
    }
    assert_eq!(Duration::from_text("0.25min"), Some(Duration(15_000_000)));
    assert_eq!(Duration::from_text("0.5us"), None);
    assert_eq!(Duration::from_text("99999999999999999999s"), None);
    assert_eq!(Duration::from_text("9999999999999999s"), None);
    assert_eq!(Duration::from_text("1.50ms"), Some(Duration(1_500)));
}
