//! Inks: colours by what they mean. One table gives each its name as a CSS
//! token and its default in the light and the dark theme; a page may override
//! any of them.

/// What a colour on an item must reach against [`Ink::Surface`] (WCAG 2.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Contrast {
    /// Text is written in it: 4.5 to 1.
    Text,
    /// Lines and shapes that carry meaning: 3 to 1.
    Graphic,
    /// Grounds and decoration.
    Free,
}

/// A colour as 0xRRGGBB.
pub type Rgb = u32;

macro_rules! inks {
    ($($(#[$doc:meta])* $variant:ident = $token:literal, $contrast:ident, $light:literal, $dark:literal;)*) => {
        /// A colour by its meaning.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum Ink { $($(#[$doc])* $variant),* }

        impl Ink {
            /// Every ink, in the order of their numbers (`ink as u8`).
            pub const ALL: &'static [Ink] = &[$(Ink::$variant),*];

            /// The token's name; the CSS custom property is `--tcp-` and this.
            #[must_use]
            pub const fn token(self) -> &'static str {
                match self { $(Ink::$variant => $token),* }
            }

            /// What it must reach against the surface.
            #[must_use]
            pub const fn contrast(self) -> Contrast {
                match self { $(Ink::$variant => Contrast::$contrast),* }
            }

            /// Its default in the light theme.
            #[must_use]
            pub const fn light(self) -> Rgb {
                match self { $(Ink::$variant => $light),* }
            }

            /// Its default in the dark theme.
            #[must_use]
            pub const fn dark(self) -> Rgb {
                match self { $(Ink::$variant => $dark),* }
            }
        }
    };
}

inks! {
    /// The ground everything stands on.
    Surface = "surface", Free, 0xffffff, 0x14171c;
    /// The ground of heads, tags and cells.
    Raised = "raised", Free, 0xf3f5f8, 0x1e232b;
    /// Plain writing.
    Text = "text", Text, 0x1b2230, 0xe8ecf2;
    /// Writing of second rank.
    Muted = "muted", Text, 0x5a6475, 0x9ba6b7;
    /// Hair lines and grids.
    Faint = "faint", Free, 0xd6dce5, 0x353d49;
    /// The hosts' lifelines.
    Lifeline = "lifeline", Graphic, 0x7c8799, 0x76828f;
    /// What is selected.
    Selection = "selection", Graphic, 0x1d6fe0, 0x6cabff;
    /// What the pointer is over.
    Hover = "hover", Graphic, 0x5a86c0, 0x7f9fc9;
    /// The present moment.
    Now = "now", Graphic, 0xd0342c, 0xff7a70;
    /// What the latest step changed.
    Changed = "changed", Text, 0x9c5700, 0xf2b544;
    /// A folded stretch of idle time.
    Fold = "fold", Text, 0x5a6475, 0x9ba6b7;
    /// A call of the application.
    Call = "call", Text, 0x1f4e79, 0x9cc8f0;

    /// A segment with SYN.
    Syn = "syn", Text, 0x9a5b00, 0xf0b24a;
    /// A segment with data.
    Data = "data", Text, 0x1663b8, 0x6fb3ff;
    /// A segment that only acknowledges.
    Ack = "ack", Text, 0x4c5b70, 0xa9b6c8;
    /// A segment with FIN.
    Fin = "fin", Text, 0x7a3fb0, 0xc79af2;
    /// A segment with RST.
    Rst = "rst", Text, 0xc02626, 0xff8278;
    /// A segment that no host of the connection made.
    Forged = "forged", Text, 0xb0127a, 0xff86cf;
    /// Where a segment was lost or refused.
    Lost = "lost", Text, 0xc02626, 0xff8278;
    /// The tie of a retransmission to its original.
    Tie = "tie", Graphic, 0x8a6d3b, 0xc4a56b;
    /// An ICMP message.
    Icmp = "icmp", Text, 0x7a5230, 0xd8a878;

    /// CLOSED.
    StateClosed = "state-closed", Text, 0x5b6474, 0x98a2b3;
    /// LISTEN.
    StateListen = "state-listen", Text, 0x3f6288, 0x8fb4dc;
    /// SYN-SENT.
    StateSynSent = "state-syn-sent", Text, 0x9a5b00, 0xf0b24a;
    /// SYN-RECEIVED.
    StateSynReceived = "state-syn-received", Text, 0x856500, 0xdcc04f;
    /// ESTABLISHED.
    StateEstablished = "state-established", Text, 0x1d7a46, 0x62cf8e;
    /// FIN-WAIT-1.
    StateFinWait1 = "state-fin-wait-1", Text, 0x7a3fb0, 0xc79af2;
    /// FIN-WAIT-2.
    StateFinWait2 = "state-fin-wait-2", Text, 0x5a4fc4, 0xa9a4f5;
    /// CLOSE-WAIT.
    StateCloseWait = "state-close-wait", Text, 0xa83a6b, 0xf08db6;
    /// CLOSING.
    StateClosing = "state-closing", Text, 0x95339c, 0xe28fe8;
    /// LAST-ACK.
    StateLastAck = "state-last-ack", Text, 0xb0452c, 0xf59a80;
    /// TIME-WAIT.
    StateTimeWait = "state-time-wait", Text, 0x0f7285, 0x5ec6d8;

    /// The retransmission timer.
    TimerRetransmission = "timer-retransmission", Text, 0x8a6116, 0xd9b15f;
    /// The persist timer.
    TimerPersist = "timer-persist", Text, 0x326d5d, 0x7ac7b2;
    /// The delayed-ACK timer.
    TimerDelayedAck = "timer-delayed-ack", Text, 0x5a6475, 0x9ba6b7;
    /// The sender's silly-window override.
    TimerSwsOverride = "timer-sws-override", Text, 0x6a6a2c, 0xc2c27a;
    /// The keep-alive timer.
    TimerKeepAlive = "timer-keep-alive", Text, 0x1d7a46, 0x62cf8e;
    /// TIME-WAIT, 2MSL.
    TimerTimeWait = "timer-2msl", Text, 0x0f7285, 0x5ec6d8;
    /// The limit of FIN-WAIT-2.
    TimerFinWait2 = "timer-fin-wait-2", Text, 0x5a4fc4, 0xa9a4f5;
    /// The user timeout.
    TimerUser = "timer-user-timeout", Text, 0xa83a6b, 0xf08db6;

    /// Sequence numbers sent and acknowledged, or received.
    SpaceDone = "space-done", Graphic, 0x1d7a46, 0x62cf8e;
    /// Sequence numbers sent, not yet acknowledged.
    SpaceFlight = "space-flight", Graphic, 0xb26a00, 0xf0b24a;
    /// Sequence numbers that may be sent, or will be accepted.
    SpaceOpen = "space-open", Graphic, 0x1663b8, 0x6fb3ff;
    /// Sequence numbers that may not be used yet.
    SpaceShut = "space-shut", Graphic, 0x7a8596, 0x6d7888;

    /// The edge of the announced window.
    Window = "window", Graphic, 0x0f7285, 0x5ec6d8;
    /// Measured round trips.
    Rtt = "rtt", Graphic, 0x1d7a46, 0x62cf8e;
    /// The retransmission time-out.
    Rto = "rto", Graphic, 0x8a6116, 0xd9b15f;
    /// The congestion window.
    Cwnd = "cwnd", Graphic, 0x5a4fc4, 0xa9a4f5;
    /// The slow-start threshold.
    Ssthresh = "ssthresh", Graphic, 0xa83a6b, 0xf08db6;
    /// The first difference of two runs.
    Difference = "difference", Graphic, 0xc02626, 0xff8278;
}

impl Ink {
    /// The ink of a state.
    #[must_use]
    pub const fn of_state(state: tcp::state::State) -> Ink {
        use tcp::state::State;
        match state {
            State::Closed => Ink::StateClosed,
            State::Listen => Ink::StateListen,
            State::SynSent => Ink::StateSynSent,
            State::SynReceived => Ink::StateSynReceived,
            State::Established => Ink::StateEstablished,
            State::FinWait1 => Ink::StateFinWait1,
            State::FinWait2 => Ink::StateFinWait2,
            State::CloseWait => Ink::StateCloseWait,
            State::Closing => Ink::StateClosing,
            State::LastAck => Ink::StateLastAck,
            State::TimeWait => Ink::StateTimeWait,
        }
    }

    /// The ink of a timer.
    #[must_use]
    pub const fn of_timer(timer: tcp::event::Timer) -> Ink {
        use tcp::event::Timer;
        match timer {
            Timer::Retransmission => Ink::TimerRetransmission,
            Timer::Persist => Ink::TimerPersist,
            Timer::DelayedAck => Ink::TimerDelayedAck,
            Timer::SwsOverride => Ink::TimerSwsOverride,
            Timer::KeepAlive => Ink::TimerKeepAlive,
            Timer::TimeWait => Ink::TimerTimeWait,
            Timer::FinWait2 => Ink::TimerFinWait2,
            Timer::User => Ink::TimerUser,
        }
    }
}

/// A colour for every ink.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Theme {
    colours: Vec<Rgb>,
}

impl Theme {
    /// The default light theme.
    #[must_use]
    pub fn light() -> Theme {
        Theme {
            colours: Ink::ALL.iter().map(|ink| ink.light()).collect(),
        }
    }

    /// The default dark theme.
    #[must_use]
    pub fn dark() -> Theme {
        Theme {
            colours: Ink::ALL.iter().map(|ink| ink.dark()).collect(),
        }
    }

    /// The colour of an ink.
    #[must_use]
    pub fn colour(&self, ink: Ink) -> Rgb {
        self.colours[ink as usize]
    }

    /// Override one colour.
    pub fn set(&mut self, ink: Ink, colour: Rgb) {
        self.colours[ink as usize] = colour;
    }
}
