//! `tun`: the engine on a TUN device, in real time, against the operating
//! system's own TCP.

use std::fs::File;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tcp::settings::{Policy, Settings};
use tcp::time::Duration;
use tcp::wire::Flags;

use self::impair::Impairment;
use self::script::Step;
use crate::trouble::Trouble;
use crate::{Verdict, output};

mod application;
mod device;
mod driver;
mod impair;
mod line;
mod play;
mod record;
mod report;
mod script;
mod tape;

const USAGE: &str = "\
tcp-playground tun --address A[,A…] (--connect ADDR:PORT | --listen PORT) [options]

Puts the engine on a TUN device: a host of its own, at its own address, whose only
link goes to this operating system. Needs the right to do so (root, or a device
made for you):

  ip tuntap add dev tcp0 mode tun
  ip addr add 192.0.2.1/24 dev tcp0 && ip link set tcp0 up
  tcp-playground tun --address 192.0.2.2 --connect 192.0.2.1:8080 --do 'send 1k; eof'

  --address A[,A…]      the engine's own addresses, IPv4 or IPv6
  --connect ADDR:PORT   active OPEN
  --listen PORT         passive OPEN: the script is played for each connection
  --local-port PORT     connect from this port
  --simultaneous        connect at the very moment the other end's SYN is on its way
  --repeat N            so many connections, one after the other (1)
  --do SCRIPT           what the application does, below; - reads steps from standard
                        input as they come
  --device NAME         the device (tcp0)
  --netns NAME          in this network namespace
  --mtu N               of the engine's interface (1500)
  --policy P            rfc, linux, freebsd or letter (linux)
  --set NAME=VALUE      one setting, as scenario files have them
  --time-wait           stay until TIME-WAIT is over
  --stay TIME           stay so long when everything is done
  --impair RULES        spoil the link, by seeded chance: loss 3% duplicate 1%
                        reorder 2% corrupt 1% delay 20ms jitter 5ms, drop S. 1 (the
                        first SYN-ACK); `in` and `out` limit what stands behind them
  --seed N              another chance (1)
  --trace FILE          the trace, a JSON object a line; this host is A, the system B
  --pcapng FILE         a capture: every segment once, when its sender sends it
  --record FILE         all of it as a run: the engine's calls, and the system's segments as recorded
  --status FILE         the engine's STATUS at every change of state, a JSON object a line
  --quiet               no line for every state

A script is steps with semicolons between them; one that ends without letting go
closes. Whatever arrives is read at once unless it is told otherwise.
  connect               implied: before the first step that needs a connection
  send N, send-file F, text WORDS
                        N may end in k or M; over when SEND has taken all
  acknowledged          wait until all that was sent is acknowledged
  receive N, eof        wait for N bytes in all, for the other end's FIN
  into F                what is received from here on goes into a file
  echo                  send back what comes, until the other end's FIN
  reading off|on        stop (and go on) reading: the window closes, and opens
  wait TIME, state S    wait so long, or for a state (FIN-WAIT-2 …)
  linger T|off, keep-alive T|off, no-delay on|off, receive-buffer N, send-buffer N
  shutdown, close, abort
  catch FLAGS, release  hold back the next segment with these flags and all behind it
                        (catch F.; close; release is a simultaneous close)
  status                print STATUS
  end [HOW]             wait for the end: closed, reset, refused, timed-out …

Standard output has a JSON object a line for whatever happens; a connection's
summary has the SHA-256 of what was sent and received. Ctrl-C ends it in order.
";

/// What the command line says.
pub struct Options {
    addresses: Vec<IpAddr>,
    connect: Option<SocketAddr>,
    listen: Option<u16>,
    local_port: Option<u16>,
    repeat: u32,
    steps: Vec<Step>,
    interactive: bool,
    device: String,
    netns: Option<String>,
    mtu: u16,
    settings: Settings,
    time_wait: bool,
    stay: Duration,
    impairment: Impairment,
    trace: Option<String>,
    pcapng: Option<String>,
    record: Option<String>,
    status: Option<String>,
    quiet: bool,
}

impl Options {
    /// The unspecified address of the kind that a listener is to have.
    fn unspecified(&self) -> IpAddr {
        if self.addresses.first().is_some_and(IpAddr::is_ipv6) {
            Ipv6Addr::UNSPECIFIED.into()
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        }
    }
}

/// `tun …`.
pub fn command(arguments: lexopt::Parser) -> Result<Verdict, Trouble> {
    let Some(options) = read(arguments)? else {
        output::print(USAGE.as_bytes())?;
        return Ok(Verdict::Holds);
    };
    if let Some(name) = &options.netns {
        device::enter_namespace(name)?;
    }
    let device = device::Tun::open(&options.device)?;
    device::wait_until_running(&options.device)?;
    let mut secret = [0; 8];
    File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut secret))
        .map_err(|error| Trouble::new(format!("/dev/urandom: {error}")))?;
    let well = driver::Driver::new(options, device, u64::from_ne_bytes(secret)).run()?;
    Ok(if well {
        Verdict::Holds
    } else {
        Verdict::DoesNotHold
    })
}

/// The options; none if help is wanted.
fn read(mut arguments: lexopt::Parser) -> Result<Option<Options>, Trouble> {
    use lexopt::prelude::*;
    let mut options = Options {
        addresses: Vec::new(),
        connect: None,
        listen: None,
        local_port: None,
        repeat: 1,
        steps: Vec::new(),
        interactive: false,
        device: "tcp0".into(),
        netns: None,
        mtu: 1500,
        settings: Settings::new(Policy::Linux),
        time_wait: false,
        stay: Duration::ZERO,
        impairment: Impairment::default(),
        trace: None,
        pcapng: None,
        record: None,
        status: None,
        quiet: false,
    };
    let (mut simultaneous, mut rules, mut seed) = (false, String::new(), 1);
    // Members of a policy come after it, wherever they stand.
    let mut members = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("address") => {
                for address in arguments.value()?.string()?.split(',') {
                    let address = address.parse().map_err(|_| {
                        Trouble::usage(format!("--address: «{address}» is no IP address"))
                    })?;
                    options.addresses.push(address);
                }
            }
            Long("connect") => options.connect = Some(arguments.value()?.parse()?),
            Long("listen") => options.listen = Some(arguments.value()?.parse()?),
            Long("local-port") => options.local_port = Some(arguments.value()?.parse()?),
            Long("simultaneous") => simultaneous = true,
            Long("repeat") => options.repeat = arguments.value()?.parse()?,
            Long("do") => {
                let text = arguments.value()?.string()?;
                if text == output::STANDARD {
                    options.interactive = true;
                } else {
                    options.steps = script::parse(&text)
                        .map_err(|error| Trouble::usage(format!("--do: {error}")))?;
                }
            }
            Long("device") => options.device = arguments.value()?.string()?,
            Long("netns") => options.netns = Some(arguments.value()?.string()?),
            Long("mtu") => options.mtu = arguments.value()?.parse()?,
            Long("policy") => {
                let word = arguments.value()?.string()?;
                let policy = Policy::from_id(&word).ok_or_else(|| {
                    let ids = Policy::IDS.join(", ");
                    Trouble::usage(format!("--policy: «{word}» is none of {ids}"))
                })?;
                options.settings = Settings::new(policy);
            }
            Long("set") => {
                let text = arguments.value()?.string()?;
                let (name, value) = text.split_once('=').ok_or_else(|| {
                    Trouble::usage(format!("--set: «{text}» should be NAME=VALUE"))
                })?;
                members.push((name.to_owned(), value.to_owned()));
            }
            Long("time-wait") => options.time_wait = true,
            Long("stay") => {
                let text = arguments.value()?.string()?;
                options.stay = Duration::from_text(&text)
                    .ok_or_else(|| Trouble::usage(format!("--stay: «{text}» is no time")))?;
            }
            Long("impair") => rules = arguments.value()?.string()?,
            Long("seed") => seed = arguments.value()?.parse()?,
            Long("trace") => options.trace = Some(arguments.value()?.string()?),
            Long("pcapng") => options.pcapng = Some(arguments.value()?.string()?),
            Long("record") => options.record = Some(arguments.value()?.string()?),
            Long("status") => options.status = Some(arguments.value()?.string()?),
            Long("quiet") => options.quiet = true,
            other => return Err(other.unexpected().into()),
        }
    }
    for (name, value) in members {
        options
            .settings
            .set(&name, &value)
            .map_err(|error| Trouble::usage(format!("--set {name}={value}: {error}")))?;
    }
    options.impairment = Impairment::parse(&rules, seed)
        .map_err(|error| Trouble::usage(format!("--impair: {error}")))?;
    if options.addresses.is_empty() {
        return Err(Trouble::usage("tun: --address is missing"));
    }
    if options.connect.is_some() == options.listen.is_some() {
        return Err(Trouble::usage("tun: --connect or --listen, one of them"));
    }
    if simultaneous {
        let crossing = [Step::Catch(Flags::SYN), Step::Connect, Step::Release];
        options.steps.splice(0..0, crossing);
    }
    Ok(Some(options))
}
