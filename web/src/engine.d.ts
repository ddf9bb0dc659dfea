/**
 * The JavaScript surface of `crates/playground`, as `wasm-pack --target web` emits it into `web/pkg/playground.js`.
 * `crates/playground/API.md` says how the calls belong together.
 *
 * Times are whole virtual microseconds in a `number` (`…_us`), lengths on screen CSS pixels, enumerations stable
 * string ids (never prose). Every call that can fail throws an `EngineError` object.
 */

/** Fetches (URL, Response) or takes (bytes, Module) the wasm; once per page. */
export default function init(
  options: { module_or_path: string | URL | Request | Response | BufferSource | WebAssembly.Module | Promise<Response> },
): Promise<unknown>;

export type RecordId = number;
export type HostId = 'A' | 'B';
export type Place = 'A' | 'B' | 'link' | 'attacker';
export type ViewId =
  | 'ladder' | 'states-a' | 'states-b' | 'sequence-space' | 'time-sequence' | 'compare' | 'header';
/** An argument of a message: ids stay strings, everything else is a number. */
export type Args = Record<string, string | number | boolean>;

/** What every failing call throws. `code` is the key of its message; line and column count from 1. */
export interface EngineError {
  code: string;
  line?: number;
  column?: number;
  args: Args;
}

// ---------------------------------------------------------------- static tables

export interface ScenarioEntry { id: string; group: string }
/** The catalogue in its order. Title and story are Fluent messages keyed by the id, group names by the group. */
export function catalogue(): ScenarioEntry[];
/** The run text of a catalogue scenario. Throws `unknown-scenario`. */
export function scenario_text(id: string): string;

export interface SettingRow {
  /** As in the run format: `msl`, `isn`, `latency` … */
  name: string;
  scope: 'host' | 'link';
  /** A `generator` is a choice whose word may be followed by numbers. Flags are `on` or `off`. */
  type: 'flag' | 'duration' | 'count' | 'ratio' | 'bandwidth' | 'choice' | 'generator';
  /** For `choice` and `generator`; of the others, words that may stand instead of a number (`never`, `unlimited`). */
  choices: string[];
  /** Both included; of a duration in microseconds. */
  minimum?: number;
  maximum?: number;
  rfc?: number;
  section?: string;
  /** In the run format's spelling; what `policy rfc` gives, and the link's default. */
  default: string;
}
/** Every setting an intervention or a run can change, in order of display. */
export function settings_table(): SettingRow[];

export interface Facts {
  engine_version: string;
  format_version: number;
  states: string[];
  timers: string[];
  policies: string[];
  places: string[];
  record_kinds: string[];
  call_errors: string[];
  endings: string[];
  reasons: { id: string; rfc: number; section: string; level: 'must' | 'should' | 'may' | 'local' }[];
  /** Link verdicts, ids as in `Row.reason`. */
  link_reasons: string[];
  /** Names for `palette`, in its order; each is also a CSS token of the page, `--tcp-<role>`. */
  colour_roles: string[];
  /** The header's fields in order: id and place in bits from the TCP header's start. */
  header_fields: { id: string; bit: number; bits: number }[];
}
export function facts(): Facts;

// ---------------------------------------------------------------- the player

export interface PlayerOptions {
  /** Decimal, 0 … 2^64-1. Default: the run's own; `'fresh'` draws one. */
  seed?: string;
  /** Overrides both hosts' policy. */
  policy?: string;
}

/** What `tick` and commands say has changed since they were last asked; a set of bits. */
export const enum Changed {
  /** Some view must be painted again. */
  Picture = 1,
  /** `position_us` moved across an event: table, inspector, list have news. */
  Event = 2,
  /** Playing, paused, speed, end. */
  Playback = 4,
  /** The trace itself (an intervention, a branch, a load; or all of it is simulated now): outline, chapters are others. */
  Run = 8,
  /** Selection or hover. */
  Selection = 16,
  /** Playback stopped at a checkpoint. */
  Checkpoint = 32,
  /** More of a long run is simulated: counts and durations are others. */
  Length = 64,
}

export class Player {
  /** A catalogue scenario. Throws `unknown-scenario`, `bad-option`. */
  static scenario(id: string, options?: PlayerOptions): Player;
  /** A run as text. Throws the parser's error with line and column. */
  static from_text(text: string, options?: PlayerOptions): Player;
  /** What `share_text` or `snapshot_text` gave (already inflated by the page). */
  static from_share(payload: string): Player;
  /** Frees the wasm memory. */
  free(): void;

  // ---- playback (one call a frame)
  /** Advances by wall-clock time while playing. Answers `Changed` bits, commands' included since the last tick. */
  tick(elapsed_ms: number): number;
  play(): void;
  pause(): void;
  toggle(): void;
  /** ±n events. An event is an instant at which something happens; pauses. */
  step(n: number): void;
  /** To the next/previous chapter; pauses. */
  step_chapter(n: number): void;
  /** To a virtual time; keeps playing if it was. */
  seek(time_us: number): void;
  /** To a folded play time (what a slider shows). */
  seek_play(play_ms: number): void;
  /** To the moment of a record. */
  seek_record(id: RecordId): void;
  restart(): void;
  set_speed(factor: number): void;
  set_loop(on: boolean): void;
  /** Whether play stops at checkpoints. */
  set_checkpoints(pause: boolean): void;
  readonly playing: boolean;
  /** A long run is simulated a piece a tick: there is more to come, so tick again soon, playing or not. */
  readonly growing: boolean;
  /** Simulates one further piece (a millisecond or two) where there is time to spare; answers whether there is yet more. */
  grow(): boolean;
  readonly ended: boolean;
  readonly speed: number;
  readonly position_us: number;
  readonly duration_us: number;
  readonly play_ms: number;
  readonly play_duration_ms: number;
  /** Events so far and altogether («event 4 of 9»); 0 before the first. */
  readonly event_index: number;
  readonly event_count: number;
  /** Records up to now (their ids are 0 … count-1) and altogether. */
  readonly records_now: number;
  readonly record_count: number;
  chapters(): Chapter[];
  /** Play time of every event in order, of more than `limit` every n-th: the ticks of a slider. */
  event_marks(limit: number): Uint32Array;

  // ---- pictures
  /**
   * Colours as CSS strings in the order of `facts().colour_roles` (`svg` understands `#rrggbb`), the font family of all
   * that is written, and the page's size of letters: from 20 px on pictures take the projector's. Once per theme.
   */
  set_theme(colours: string[], family: string, size_px: number): void;
  /** Options of all views. */
  set_option(name: DisplayOption, on: boolean): void;
  /**
   * Paints a view on its canvas; the page has sized the bitmap to width × dpr, height × dpr. Width and height in
   * CSS pixels. False: nothing to paint (the page shows its words for an empty view).
   */
  paint(view: ViewId, ctx: CanvasRenderingContext2D, width: number, height: number, dpr: number): boolean;
  /** What stands at a point (CSS px) of the view as last painted; `touch` widens the reach. */
  hit(view: ViewId, x: number, y: number, touch: boolean): Hit | undefined;
  /** Wheel or pinch with the point that stays put. */
  zoom(view: ViewId, factor: number, x: number, y: number): void;
  scroll(view: ViewId, dx: number, dy: number): void;
  /** The whole run, or the usual scale. */
  fit(view: ViewId): void;
  /** Scroll with the playback. Scrolling or zooming by hand ends following. */
  set_follow(view: ViewId, on: boolean): void;
  view_state(view: ViewId): ViewState;
  /** Scrolls so that the record is seen. */
  reveal(view: ViewId, id: RecordId): void;
  /** Adds a transition the learner has met before to what `states-a` and `states-b` show; false if there is no such arc. */
  collect(from: string, to: string): boolean;

  // ---- selection
  select(id: RecordId | undefined): void;
  hover(id: RecordId | undefined): void;
  /** Marks a header field in inspector and pictures (id of `facts().header_fields`). */
  select_field(field: string | undefined): void;
  readonly selected: RecordId | undefined;

  // ---- words and numbers
  /** `count` rows from record `from`. Cheap enough for a virtual list. */
  outline(from: number, count: number): Row[];
  /** Everything about one record. Throws `unknown-record`. */
  record(id: RecordId): Detail;
  /** The record, its cause, that one's cause … back to what a person or the scenario did. */
  why(id: RecordId): Row[];
  /** Records this one caused. */
  effects(id: RecordId): RecordId[];
  /** Both hosts at the playback time, with what changed at the last event. */
  hosts(): HostTable[];
  /** Link settings at the playback time, what is in flight. */
  link(): LinkTable;
  /** Transitions up to now, from record `since` on. */
  arcs(since: RecordId): { id: RecordId; host: HostId; socket: number; from: string; to: string; reason: string }[];

  // ---- acting
  /** What can be done now at a host, the link, or (with an id) to a segment. */
  actions(place: Place): ActionOffer[];
  segment_actions(id: RecordId): ActionOffer[];
  /** Acts at the playback time. Acting in the past forks. Throws an error that says why not. */
  act(action: Action): ActResult;
  /** The run's text as it would be with this action; nothing is done. Throws as `act`. */
  run_text_with(action: Action): string;
  /** The latest moment that has been looked at: acting before it begins another branch. */
  readonly seen_us: number;
  /** Says what has been looked at elsewhere: in the instance before this one, say. */
  see_until(time_us: number): void;
  undo(): boolean;
  redo(): boolean;
  readonly can_undo: boolean;
  readonly can_redo: boolean;

  // ---- branches
  branches(): Branch[];
  switch_branch(index: number): void;
  rename_branch(index: number, name: string): void;
  /** `undo` puts it back. Throws `last-branch` where there is no other. */
  remove_branch(index: number): void;
  /** What view `compare` shows beside the present run; `undefined` for nothing. */
  compare_branch(index: number | undefined): Comparison | undefined;
  compare_policy(policy: string): Comparison;
  /** What `compare` shows just now, the first difference as of the present run. */
  comparison(): Comparison | undefined;
  /** Words that stand above the two ladders of `compare`. */
  name_comparison(here: string, there: string): void;

  // ---- the run
  readonly scenario_id: string | undefined;
  /** Decimal. */
  readonly seed: string;
  /** The run of the present branch in the text format. */
  run_text(): string;
  /** 16 hex digits over the trace's JSON lines. */
  trace_hash(): string;
  /** Payload of a link: present branch, moment, selection, hash. The page deflates and encodes it. */
  share_text(): string;
  /** Everything: all branches too; for storage and reload. */
  snapshot_text(): string;
  /** Set by `from_share` where the trace is not the one the payload was made from. */
  notice(): { code: 'trace-differs'; expected: string; actual: string; first_difference: RecordId | undefined } | undefined;
  /** Replace the run; keeps theme, views, speed. */
  load_text(text: string): void;
  readonly memory_bytes: number;
}

export type DisplayOption =
  /** Absolute sequence numbers (else relative to each ISN). */
  | 'absolute'
  /** Linux's netstat spellings beside the RFC's. */
  | 'kernel-names'
  /** No motion: one still per event; play advances event by event. */
  | 'storyboard'
  | 'timers' | 'fold'
  /** Letters for the back row. */
  | 'large';

export interface ViewState { zoom: number; follow: boolean; content_width: number; content_height: number; scroll_x: number; scroll_y: number }

export interface Hit {
  /** What the pointer is on. */
  kind: 'record' | 'state' | 'arc' | 'fold' | 'timer' | 'field' | 'host';
  /** The record to select; for a segment in flight the record of its sending. */
  id?: RecordId;
  /** For `state`, `field`, `timer`: its id. */
  name?: string;
  host?: HostId;
  /** For a segment that is on its way now: what may be grabbed. */
  in_flight: boolean;
  /** The time the point stands for (ladder, time-sequence). */
  time_us?: number;
}

export interface Chapter { time_us: number; play_ms: number; record: RecordId; kind: 'chapter' | 'checkpoint'; name: string; args: Args }

/** One line of the text twin. The message is chosen by kind, `key` and `reason`. */
export interface Row {
  id: RecordId;
  time_us: number;
  place: Place;
  socket: number;
  kind:
    | 'intervention' | 'call' | 'send' | 'arrive' | 'drop' | 'state' | 'timer-set' | 'timer-fired' | 'timer-cancelled'
    | 'deliver' | 'limit' | 'error' | 'differs' | 'ended';
  /** What of its kind: the call or intervention (`connect`, `drop` …), timer id, ending id, report id. */
  key: string;
  /** kind-dependent: flags, seq, ack, len, window, from, to, deadline_us, result, retransmission_of, send … */
  args: Args;
  reason?: string;
  rfc?: number;
  section?: string;
  level?: 'must' | 'should' | 'may' | 'local';
  cause?: RecordId;
  /** Ordinal of the event (instant) it belongs to, from 1. */
  event: number;
}

export interface Detail extends Row {
  causes: RecordId[];
  effects: RecordId[];
  /** For send, arrive, drop. */
  segment?: SegmentDetail;
  /** What the sender decided (the send's own reason first). */
  sent_because: Judgement[];
  /** What the receiver decided, in the order it looked. Empty while under way or when lost. */
  judged: Judgement[];
  /** Its sending, its arrival or loss, its retransmissions, the original. */
  send?: RecordId;
  outcome?: RecordId;
  original?: RecordId;
  retransmissions: RecordId[];
  /** The timers it set or stopped, the states it led to. */
  state_change?: { from: string; to: string };
}

export interface Judgement { reason: string; rfc: number; section: string; level: 'must' | 'should' | 'may' | 'local'; id: RecordId }

export interface SegmentDetail {
  source: string; destination: string;
  source_port: number; destination_port: number;
  seq: number; ack: number; seq_relative: number; ack_relative: number;
  ack_valid: boolean;
  /** As packetdrill spells them: `S.`; and one by one: `['SYN','ACK']`. */
  flags: string; flag_names: string[];
  window: number;
  /** Window after scaling, where scaling is in use. */
  window_bytes: number;
  checksum: number; urgent_pointer: number;
  /** SEG.LEN: SYN and FIN counted; and payload bytes alone. */
  length: number; payload_length: number;
  /** The whole datagram. */
  bytes: Uint8Array;
  /** Where the TCP header starts and ends, and the payload starts, in `bytes`. */
  tcp_offset: number; payload_offset: number;
  /** All fields, IP header's first; bits counted from the datagram's start. `value` may be a number or its text. */
  fields: Field[];
  /** Of TCP segments; an ICMP message has neither. */
  options?: OptionDetail[];
  checksum_working?: ChecksumWorking;
}
export interface Field { id: string; layer: 'ip' | 'tcp' | 'icmp' | 'payload'; bit: number; bits: number; value: number | string; relative?: number }
/** `offset` and `length` in bytes of the datagram. */
export interface OptionDetail { id: string; kind: number; offset: number; length: number; args: Args; malformed: boolean }
export interface ChecksumWorking {
  /** 16-bit words in the order they are added, and where each comes from. */
  words: { value: number; part: 'pseudo' | 'header' | 'options' | 'payload'; offset: number }[];
  /** Before carries are folded in; after; complement; what the field says. */
  sum: number; folded: number; complement: number; stated: number; ok: boolean;
}

export interface HostTable {
  host: HostId;
  /** Who plays it: of a script and of a recording only segments are known. */
  kind: 'engine' | 'script' | 'recording';
  addresses: string[];
  /** `off` while its plug is pulled. */
  power: 'on' | 'off';
  /** Datagrams sent. */
  emitted: number;
  policy: string;
  settings: Record<string, string>;
  sockets: SocketTable[];
}
export interface SocketTable {
  socket: number;
  /** What the script calls it (`c1`, the n-th of that name), and the application's own counts; absent before `accept`. */
  name?: string;
  instance?: number;
  received?: number;
  unsent?: number;
  previous_state?: string;
  kind: 'idle' | 'listener' | 'connection' | 'time-wait';
  state: string;
  local?: string; remote?: string;
  passive: boolean; attached: boolean;
  /** Every number of the TCB under its RFC name, in order of display. */
  values: { name: string; value: number | undefined; relative?: number; previous?: number; unit: 'seq' | 'bytes' | 'us' | 'count' | 'flag'; changed: boolean }[];
  timers: { timer: string; deadline_us: number; started_us: number; changed: boolean }[];
  /** Whether it was born, or changed its state, at the last event. */
  changed: boolean;
}
export interface LinkTable {
  settings: { a_to_b: Record<string, string>; b_to_a: Record<string, string> };
  cut: boolean;
  in_flight: { id: RecordId; from: Place; to: HostId; sent_us: number; arrives_us?: number; held: boolean; flags: string; seq: number; ack: number; len: number }[];
}

export interface ActionOffer {
  /** Id of the action: `connect`, `drop` … */
  kind: Action['kind'];
  socket?: number;
  /** The offer as it would be carried out with its defaults. */
  action: Action;
  allowed: boolean;
  /** Why not: a call error's id or one of the page's (`delivered`, `unplugged`, `no-socket` …). */
  why_not?: string;
}

export type Action =
  // calls: `socket` 0 or absent makes a fresh socket
  | { kind: 'listen' | 'open-passive'; host: HostId; socket?: number; port?: number; backlog?: number; accept?: boolean }
  | { kind: 'connect'; host: HostId; socket?: number; port?: number; local_port?: number }
  | { kind: 'accept' | 'shutdown' | 'close' | 'abort' | 'status'; host: HostId; socket: number }
  | { kind: 'send'; host: HostId; socket: number; bytes?: number; text?: string; push?: boolean; urgent?: boolean; more?: boolean }
  | { kind: 'receive'; host: HostId; socket: number; bytes?: number }
  /** Whether the application reads by itself whatever comes (at first it does), closes by itself at end-of-file (it does not). */
  | { kind: 'reading' | 'closing'; host: HostId; socket: number; on: boolean }
  | { kind: 'option'; host: HostId; socket: number; name: string; value: string }
  // hosts
  | { kind: 'unplug' | 'plug' | 'reboot'; host: HostId }
  | { kind: 'set'; host: HostId; name: string; value: string }
  /** `error`: `network host protocol port prohibited`. */
  // the link
  | { kind: 'link'; direction: 'a-to-b' | 'b-to-a' | 'both'; name: string; value: string }
  | { kind: 'cut' | 'heal'; direction?: 'a-to-b' | 'b-to-a' | 'both' }
  | { kind: 'firewall'; host: HostId; mode: 'off' | 'drop' | 'reject'; error?: string }
  | { kind: 'unreachable'; id: RecordId; error?: string }
  // segments on their way (the id of their `send`)
  | { kind: 'drop' | 'hold' | 'release'; id: RecordId }
  | { kind: 'duplicate'; id: RecordId; by_us?: number }
  | { kind: 'delay'; id: RecordId; by_us: number }
  | { kind: 'corrupt'; id: RecordId; bit: number }
  | ({ kind: 'edit'; id: RecordId } & SegmentEdit)
  // out of nowhere: the attacker opens a connection of their own to see an ISN, or sends SYNs from where nobody lives
  | { kind: 'sample'; to: HostId; port?: number }
  | { kind: 'flood'; to: HostId; port?: number; times?: number; every_us?: number }
  | ({ kind: 'inject'; to: HostId } & Forgery)
  | ({ kind: 'sweep'; to: HostId; times?: number; every_us?: number; seq_step?: number; ack_step?: number; port_step?: number } & Forgery);

/** A forged segment's numbers may count from the ISN that the attacker saw last: `isn+64001`. */
export type Forgery = Omit<SegmentEdit, 'seq' | 'ack'> & { seq?: number | string; ack?: number | string };

/** Fields to set; absent ones stay as they are (edit) or take the plausible default (inject: the other end's). */
export interface SegmentEdit {
  source_port?: number; destination_port?: number;
  seq?: number; ack?: number; flags?: string; window?: number; urgent_pointer?: number; mss?: number; payload?: string;
  /** Edit only: leave the checksum as it was, so that the receiver finds it wrong. */
  keep_checksum?: boolean;
}

export interface ActResult { forked: boolean; branch: number; record?: RecordId }

export interface Branch {
  index: number; name: string; parent?: number;
  /** Where it left its parent. */
  fork_us: number;
  active: boolean;
  record_count: number; trace_hash: string;
  interventions: number;
}
export interface Comparison {
  with: { branch?: number; policy?: string };
  /** First records that are not alike; absent: no difference. */
  first_difference?: { here?: Row; there?: Row; time_us: number };
}
