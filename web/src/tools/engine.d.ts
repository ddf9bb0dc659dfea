/** The module of tools, as `crates/tools/src/bindings.rs` has it. Text in, text out. */

export default function init(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;

/** What kind of thing does not hold: `script-failed-KIND` of the messages. */
export type FailureKind = "script" | "packet" | "packet-time" | "no-packet" | "result" | "call" | "time" | "assertion";

export interface Failure {
  readonly kind: FailureKind;
  readonly line: number;
  readonly column: number;
  /** As the command line says it. */
  readonly message: string;
  /** Where the script cannot be read: what should have stood there, an id of `wanted-ID` or a sign «;», and what does, an id of
   * `found-ID` or what is written «x». */
  readonly wanted?: string;
  readonly found?: string;
  /** The script's packet and the engine's, as packetdrill writes them. */
  readonly expected?: string;
  readonly actual?: string;
  /** Why the engine sent what it sent: a reason's id. */
  readonly reason?: string;
  /** What the engine did before, a line each. */
  readonly log: string[];
  free(): void;
}

export interface Outcome {
  /** The run, host A the engine and host B the script; none where nothing can be replayed. */
  readonly run?: string;
  /** Then: from this packet on the run would be another; 0 where there are no packets. */
  readonly differs: number;
  readonly passed: boolean;
  readonly dialect: "linux" | "freebsd";
  readonly policy: string;
  readonly packets: number;
  readonly failures: Failure[];
  free(): void;
}

/** Runs a packetdrill script; an empty dialect or policy is the script's own. */
export function packetdrill(text: string, dialect: string, policy: string): Outcome;

export type Form = "pcapng" | "jsonl" | "mermaid" | "svg" | "text";

/** A run as a file; a ladder (`svg`, `text`) only up to a moment. */
export function exported(
  run: string,
  form: Form,
  until_us: number,
  absolute: boolean,
  kernel_names: boolean,
): Uint8Array<ArrayBuffer> | undefined;
