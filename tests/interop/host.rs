//! What the cases stand on: a network namespace with a TUN device, the kernel's
//! TCP behind a Python script on one side of it and the engine on the other.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// The kernel's addresses and the engine's.
pub const KERNEL: &str = "192.0.2.1";
pub const ENGINE: &str = "192.0.2.2";
pub const KERNEL_6: &str = "2001:db8::1";
pub const ENGINE_6: &str = "2001:db8::2";
pub const DEVICE: &str = "tcp0";

/// Nothing quick takes longer.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Why the suite cannot run here, if it cannot.
fn obstacle() -> Option<String> {
    static OBSTACLE: OnceLock<Option<String>> = OnceLock::new();
    OBSTACLE
        .get_or_init(|| {
            for tool in ["ip", "ss", "python3"] {
                if tests::program(tool).is_none() {
                    return Some(format!("{tool} is not installed"));
                }
            }
            if !Path::new("/dev/net/tun").exists() {
                return Some("there is no /dev/net/tun".into());
            }
            remove_stale();
            let probe = format!("tcpp-{}-probe", std::process::id());
            let made = run("ip", &["netns", "add", &probe]).and_then(|_| {
                run(
                    "ip",
                    &["-n", &probe, "tuntap", "add", "dev", "t0", "mode", "tun"],
                )
            });
            let _ = run("ip", &["netns", "del", &probe]);
            made.err()
                .map(|error| format!("network namespaces and TUN devices need root: {error}"))
        })
        .clone()
}

/// Namespaces of runs that were killed.
fn remove_stale() {
    for line in run("ip", &["netns", "list"]).unwrap_or_default().lines() {
        let name = line.split(' ').next().unwrap_or("");
        let mut parts = name.split('-');
        if parts.next() == Some("tcpp")
            && let Some(process) = parts.next()
            && !Path::new("/proc").join(process).exists()
        {
            let _ = run("ip", &["netns", "del", name]);
        }
    }
}

/// Runs a program to its end; what it printed.
pub fn run(program: &str, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!(
            "{program} {}: {}",
            arguments.join(" "),
            said.trim()
        ))
    }
}

/// The command line under test, built now if it is not.
fn playground() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "-q", "-p", "cli"])
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .status();
        assert!(
            built.is_ok_and(|status| status.success()),
            "the command line cannot be built"
        );
        target().join("debug/tcp-playground")
    })
}

/// This test's own binary lies in `target/debug/deps`.
fn target() -> PathBuf {
    let this = std::env::current_exe().expect("this test is a file");
    let folder = this.ancestors().nth(3).expect("target/debug/deps");
    folder.to_owned()
}

/// A network namespace with the kernel at 192.0.2.1 and 2001:db8::1; it goes
/// when this is dropped.
pub struct Net {
    pub name: String,
    /// What the case is called.
    pub case: String,
}

impl Net {
    /// Makes it; none, and the running test noted as skipped, where that cannot be.
    pub fn new() -> Option<Net> {
        let net = Net::bare()?;
        net.ip(&["link", "set", "lo", "up"]);
        net.ip(&["tuntap", "add", "dev", DEVICE, "mode", "tun"]);
        net.ip(&["addr", "add", "192.0.2.1/24", "dev", DEVICE]);
        net.ip(&["addr", "add", "2001:db8::1/64", "dev", DEVICE, "nodad"]);
        net.ip(&["link", "set", DEVICE, "up"]);
        Some(net)
    }

    /// A namespace with nothing in it.
    pub fn bare() -> Option<Net> {
        if let Some(obstacle) = obstacle() {
            tests::skip(&obstacle);
            return None;
        }
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("tcpp-{}-{number}", std::process::id());
        run("ip", &["netns", "add", &name]).expect("a namespace can be made");
        let case = thread::current()
            .name()
            .unwrap_or("case")
            .replace("::", "-");
        Some(Net { name, case })
    }

    /// Runs `ip` in it.
    pub fn ip(&self, arguments: &[&str]) {
        let arguments = [&["-n", &self.name], arguments].concat();
        run("ip", &arguments).expect("ip does it");
    }

    /// Runs a program in it.
    pub fn exec(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let arguments = [&["netns", "exec", &self.name, program], arguments].concat();
        run("ip", &arguments)
    }

    /// Changes a setting of the kernel's TCP here.
    pub fn sysctl(&self, name: &str, value: &str) {
        let setting = format!("net.ipv4.{name}={value}");
        self.exec("sysctl", &["-q", "-w", &setting])
            .expect("the kernel has this setting");
    }

    /// What `ss` says of the connections with a port, without listeners.
    pub fn ss(&self, port: u16) -> Vec<SocketStatistics> {
        let filter = format!("( sport = :{port} or dport = :{port} )");
        let text = self
            .exec("ss", &["-tinaoOH", "exclude", "listening", &filter])
            .expect("ss runs");
        text.lines().map(SocketStatistics::of).collect()
    }

    /// Waits until the kernel has nothing left of connections with a port but TIME-WAIT.
    pub fn is_quiet(&self, port: u16) {
        let quiet = || self.ss(port).iter().all(|ss| ss.state == "TIME-WAIT");
        // Each look is a process; so many take longer than any ACK.
        assert!((0..500).any(|_| quiet()), "{:?}", self.ss(port));
    }

    /// A counter of `/proc/net/netstat`.
    pub fn counter(&self, name: &str) -> u64 {
        let text = self.exec("cat", &["/proc/net/netstat"]).expect("counters");
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.chunks(2) {
            let [names, values] = pair else { continue };
            let mut both = names.split(' ').zip(values.split(' '));
            if let Some((_, value)) = both.find(|(n, _)| *n == name) {
                return value.parse().expect("a number");
            }
        }
        panic!("the kernel has no counter {name}");
    }

    /// Where this case leaves a file.
    pub fn file(&self, extension: &str) -> PathBuf {
        let folder = target().join("interop");
        fs::create_dir_all(&folder).expect("a folder under target");
        folder.join(format!("{}.{extension}", self.case))
    }

    /// The Python script, in here.
    pub fn peer(&self) -> Peer {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/peer.py");
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name, "python3", "-u", script]);
        let peer = Peer {
            talk: Talk::with(command, "peer"),
        };
        peer.answer();
        peer
    }

    /// The engine, told what to do step by step.
    pub fn engine(&self, arguments: &[&str]) -> Engine {
        self.engine_with("-", arguments)
    }

    /// The engine with a script.
    pub fn engine_with(&self, script: &str, arguments: &[&str]) -> Engine {
        let mut command = Command::new(playground());
        command.args(["tun", "--netns", &self.name, "--device", DEVICE]);
        command.args(["--address", &format!("{ENGINE},{ENGINE_6}"), "--do", script]);
        let capture = self.file("pcapng");
        command.arg("--pcapng").arg(&capture);
        command.arg("--trace").arg(self.file("jsonl"));
        let run = self.file("run.txt");
        command.arg("--record").arg(&run);
        command.args(arguments);
        let engine = Engine {
            talk: Talk::with(command, "engine"),
            capture,
            run,
            summaries: Mutex::new(Vec::new()),
        };
        engine.event(|line| matches!(line["event"].as_str(), Some("ready" | "listening")));
        engine
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        if let Err(error) = run("ip", &["netns", "del", &self.name]) {
            eprintln!("{error}");
        }
    }
}

/// One line of `ss -tin`.
#[derive(Clone, Debug)]
pub struct SocketStatistics {
    pub state: String,
    text: String,
}

impl SocketStatistics {
    fn of(line: &str) -> SocketStatistics {
        SocketStatistics {
            state: line.split_whitespace().next().unwrap_or("").to_owned(),
            text: line.to_owned(),
        }
    }

    /// `name:value` in it.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut words = self.text.split_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix(':'))
    }

    /// The same as a number.
    pub fn number(&self, name: &str) -> f64 {
        let value = self.value(name).and_then(|value| value.parse().ok());
        value.unwrap_or_else(|| panic!("no {name} in {}", self.text))
    }

    /// Whether something it sent is not acknowledged.
    pub fn has_unacknowledged(&self) -> bool {
        self.value("unacked").is_some()
    }

    /// Whether a word such as `sack` stands in it.
    pub fn has(&self, word: &str) -> bool {
        self.text.split_whitespace().any(|w| w == word)
    }
}

/// A process one talks to by lines.
struct Talk {
    child: Child,
    input: Mutex<Option<ChildStdin>>,
    lines: Mutex<Receiver<String>>,
    who: &'static str,
}

impl Talk {
    fn with(mut command: Command, who: &'static str) -> Talk {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the process starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Talk {
            input: Mutex::new(child.stdin.take()),
            child,
            lines: Mutex::new(lines),
            who,
        }
    }

    fn say(&self, line: &str) {
        let mut input = self.input.lock().expect("no panic before");
        let input = input.as_mut().expect("still open");
        writeln!(input, "{line}").expect("it listens");
    }

    /// The next line, or none at the end.
    fn line(&self, patience: Duration) -> Option<String> {
        let lines = self.lines.lock().expect("no panic before");
        match lines.recv_timeout(patience) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the {} says nothing", self.who),
        }
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The kernel's TCP, through the Python script.
pub struct Peer {
    talk: Talk,
}

impl Peer {
    /// Tells it something and waits for the answer, which has to be a good one.
    pub fn does(&self, command: &str) -> String {
        self.talk.say(command);
        self.answer()
    }

    /// Tells it something without waiting; `answer` then waits.
    pub fn begins(&self, command: &str) {
        self.talk.say(command);
    }

    /// The answer to the oldest command that has none yet.
    pub fn answer(&self) -> String {
        self.answer_within(PATIENCE)
    }

    /// The same with more patience.
    pub fn answer_within(&self, patience: Duration) -> String {
        let line = self.talk.line(patience).expect("the peer lives");
        let answer = line
            .strip_prefix("ok")
            .unwrap_or_else(|| panic!("the peer: {line}"));
        answer.trim().to_owned()
    }

    /// Tells it something that has to fail, and how.
    pub fn fails(&self, command: &str) -> String {
        self.talk.say(command);
        self.failure()
    }

    /// The same for a command it was told before.
    pub fn failure(&self) -> String {
        let line = self.talk.line(PATIENCE).expect("the peer lives");
        let error = line.strip_prefix("error ");
        error
            .unwrap_or_else(|| panic!("the peer should fail: {line}"))
            .to_owned()
    }

    /// What it has sent and received, with hashes.
    pub fn sums(&self) -> [String; 4] {
        let text = self.does("sums");
        let mut words = text.split(' ').map(str::to_owned);
        std::array::from_fn(|_| words.next().expect("four words"))
    }
}

/// What joins two namespaces.
pub struct Relay {
    talk: Talk,
}

impl Relay {
    /// Between their devices, writing a capture; drops datagrams by number.
    pub fn new(first: &str, second: &str, file: &Path, delay_ms: &str, lost: &[&str]) -> Relay {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/relay.py");
        let mut command = Command::new("python3");
        command.args([script, first, second]);
        command.arg(file).arg(delay_ms).args(lost);
        let talk = Talk::with(command, "relay");
        assert_eq!(talk.line(PATIENCE).as_deref(), Some("ok"), "the relay");
        Relay { talk }
    }

    /// The capture is complete when this is over.
    pub fn end(self) {
        *self.talk.input.lock().expect("no panic before") = None;
        assert_eq!(self.talk.line(PATIENCE).as_deref(), Some("ok"), "the relay");
    }
}

/// The engine on its TUN device.
pub struct Engine {
    talk: Talk,
    pub capture: PathBuf,
    run: PathBuf,
    summaries: Mutex<Vec<Value>>,
}

impl Engine {
    /// Reads lines until one fits.
    pub fn event(&self, fits: impl Fn(&Value) -> bool) -> Value {
        self.event_within(PATIENCE, fits)
    }

    /// The same with more patience.
    pub fn event_within(&self, patience: Duration, fits: impl Fn(&Value) -> bool) -> Value {
        loop {
            let line = self.talk.line(patience).expect("the engine is still there");
            let value = self.parsed(&line);
            assert!(
                value["event"] != "failed" || fits(&value),
                "the engine's script fails: {line}"
            );
            if fits(&value) {
                return value;
            }
        }
    }

    fn parsed(&self, line: &str) -> Value {
        let value: Value = serde_json::from_str(line).expect("a JSON object a line");
        if value["event"] == "summary" {
            let mut summaries = self.summaries.lock().expect("no panic before");
            summaries.push(value.clone());
        }
        value
    }

    /// Tells it one step and waits until that is over.
    pub fn does(&self, step: &str) {
        self.does_within(PATIENCE, step);
    }

    /// The same with more patience.
    pub fn does_within(&self, patience: Duration, step: &str) {
        self.begins(step);
        // The connect that a first step implies is over before that step is.
        let implied = |line: &Value| line["step"] == "Connect" && !step.starts_with("connect");
        self.event_within(patience, |line| line["event"] == "done" && !implied(line));
    }

    /// Tells it a step without waiting.
    pub fn begins(&self, step: &str) {
        self.talk.say(step);
    }

    /// Waits until its connection is in a state.
    pub fn reaches(&self, state: &str) {
        self.event(|line| line["event"] == "state" && line["to"] == state);
    }

    /// STATUS of its connection.
    pub fn status(&self) -> Value {
        self.begins("status");
        let status = self.event(|line| line["event"] == "status");
        self.event(|line| line["event"] == "done");
        status
    }

    /// No more steps: the engine goes when it is done. Answers whether all went
    /// well, and what it says of each connection.
    pub fn finish(mut self) -> Finished {
        self.end();
        self.finished(PATIENCE)
    }

    /// The same with more patience.
    pub fn finish_within(mut self, patience: Duration) -> Finished {
        self.end();
        self.finished(patience)
    }

    /// Ctrl-C.
    pub fn interrupt(mut self) -> Finished {
        let process = self.talk.child.id().to_string();
        run("kill", &["-INT", &process]).expect("kill runs");
        self.finished(PATIENCE)
    }

    fn end(&self) {
        *self.talk.input.lock().expect("no panic before") = None;
    }

    fn finished(&mut self, patience: Duration) -> Finished {
        while let Some(line) = self.talk.line(patience) {
            self.parsed(&line);
        }
        let status = self.talk.child.wait().expect("it has ended");
        opens(&self.run);
        let summaries = std::mem::take(&mut *self.summaries.lock().expect("no panic before"));
        Finished {
            well: status.success(),
            summaries,
            capture: fs::read(&self.capture).expect("it leaves a capture"),
        }
    }
}

/// The recording opens as a run, and the engine does in it what it did.
fn opens(run: &Path) {
    let played = Command::new(playground()).arg("run").arg(run).output();
    let played = played.expect("the command line runs");
    let said = String::from_utf8_lossy(&played.stderr);
    assert!(played.status.success(), "{}: {said}", run.display());
}

/// What is left of an engine.
pub struct Finished {
    pub well: bool,
    pub summaries: Vec<Value>,
    pub capture: Vec<u8>,
}

impl Finished {
    /// The one connection's summary.
    pub fn summary(&self) -> &Value {
        assert_eq!(self.summaries.len(), 1, "{:?}", self.summaries);
        &self.summaries[0]
    }
}
