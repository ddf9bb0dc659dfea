/** Owns one `Player`: its frames, its life and, after a trap, its resurrection from what was kept and noted outside it. */
import { EVERYTHING } from "./changed.js";
import type { Action, ActResult, EngineError, Player, PlayerOptions } from "./engine.js";
import { type Deed, Journal, redo } from "./journal.js";
import { type Instance, load, replace } from "./loader.js";
import { Problem } from "./problem.js";

export type Source =
  | { kind: "scenario"; id: string }
  | { kind: "text"; text: string }
  | { kind: "share"; payload: string };

/** What a host tells the element. */
export interface PlayerOwner {
  /** Something happened in this frame: bits of `Changed`. Paint here. */
  frame(bits: number): void;
  /** A new player: theme, options and speed are to be set before its first frame. */
  prepare(player: Player): void;
  /** The engine broke; what became of it, and the run it was playing, for a report. */
  trapped(outcome: "recovered" | "without-last" | "lost", run: string): void;
  /** A command was refused. */
  refused(error: EngineError): void;
}

/** A frame after a pause of the page is no leap through the run. */
const FRAME_MS_MAX = 100;
/** How much of a frame goes into simulating ahead: while it plays, the picture comes first. */
const AHEAD_MS = 3;
const AHEAD_AT_REST_MS = 8;
/** A run that changes again and again is kept as a whole no more often than this. */
const KEEP_AFTER_MS = 400;
/** Traps closer together than this are one trap that comes back. */
const TRAP_AGAIN_MS = 4000;

export function isEngineError(error: unknown): error is EngineError {
  return (
    typeof error === "object" &&
    error !== null &&
    !(error instanceof Error) &&
    typeof (error as EngineError).code === "string"
  );
}

export class PlayerHost {
  player: Player | undefined;
  instance: Instance | undefined;
  readonly #journal = new Journal();
  #position = 0;
  #playing = false;
  #keeping = 0;
  #handle = 0;
  #last = 0;
  #awake = true;
  #trappedAt = Number.NEGATIVE_INFINITY;
  #opening = 0;

  constructor(
    private readonly owner: PlayerOwner,
    private readonly wasmSource: () => string | null,
  ) {}

  /** Loads the engine if need be and starts with `source`. Throws a `Problem`. */
  async open(source: Source, options: PlayerOptions): Promise<void> {
    const turn = ++this.#opening;
    let instance = await load(this.wasmSource());
    while (turn === this.#opening) {
      try {
        this.instance = instance;
        const player = create(instance, source, options);
        this.#adopt(player);
        this.#journal.begin(player.snapshot_text());
        return;
      } catch (error) {
        if (isEngineError(error) || instance.whole) throw problemOf(error, source);
        // This run needs more of the engine than has come so far.
        this.#bury();
        instance = await replace(instance, this.wasmSource());
      }
    }
  }

  #adopt(player: Player): void {
    this.#release();
    this.player = player;
    this.owner.prepare(player);
    this.invalidate();
    this.owner.frame(EVERYTHING);
  }

  /** Keeps the whole run outside the engine. */
  keep(): void {
    if (this.player) this.#journal.keep(this.player.snapshot_text());
  }

  /** The same when there is time for it: on a long run it takes longer than a frame. */
  keepSoon(): void {
    if (this.#keeping) return;
    // What may trap again must not become what one goes back to.
    const mended = this.#trappedAt + TRAP_AGAIN_MS - performance.now();
    this.#keeping = window.setTimeout(
      () => {
        this.#keeping = 0;
        this.keepIfAlive();
      },
      Math.max(KEEP_AFTER_MS, mended),
    );
  }

  get snapshot(): string {
    return this.#journal.text;
  }

  /** The whole run as it is now. */
  present(): string {
    return this.read((player) => player.snapshot_text(), this.#journal.text);
  }

  /** Acts at the present moment; nothing where that is refused. */
  act(action: Action): ActResult | undefined {
    return this.#deed(
      (player) => ({ action, at_us: player.position_us, seen_us: player.seen_us }),
      (player) => player.act(action),
    );
  }

  undo(): void {
    this.#deed(
      () => "undo",
      (player) => player.undo(),
    );
  }

  #deed<T>(noted: (player: Player) => Deed, doing: (player: Player) => T): T | undefined {
    return this.command((player) => this.#journal.perform(noted(player), () => doing(player), isEngineError));
  }

  /** What cannot be noted in a line (branches, redo) is done and kept at once. */
  rearrange(command: (player: Player) => void): void {
    this.command(command);
    this.keepIfAlive();
  }

  /** Lets `command` act on the player and asks for a frame; nothing where the command is refused or traps. */
  command<T>(command: (player: Player) => T): T | undefined {
    const player = this.player;
    if (!player) {
      this.#waiting?.push(() => this.command(command));
      return undefined;
    }
    try {
      const result = command(player);
      this.#position = player.position_us;
      this.invalidate();
      return result;
    } catch (error) {
      this.#failed(error, () => this.command(command));
      return undefined;
    }
  }

  /** Reads from the player; `fallback` where it is not there or traps. */
  read<T>(question: (player: Player) => T, fallback: T): T {
    const player = this.player;
    if (!player) return fallback;
    try {
      return question(player);
    } catch (error) {
      if (!isEngineError(error)) this.#failed(error);
      return fallback;
    }
  }

  #failed(error: unknown, retry?: () => void): void {
    if (isEngineError(error)) this.owner.refused(error);
    else if (this.instance && !this.instance.whole) void this.#goOnWithAllOfIt(retry);
    else void this.#resurrect();
  }

  /** What is to be done once all of the engine is there. */
  #waiting: (() => void)[] | undefined;

  /** What was wanted is in the part of the engine that is still on its way: nothing is wrong, it is only done a little later. */
  async #goOnWithAllOfIt(retry?: () => void): Promise<void> {
    this.#waiting = retry ? [retry] : [];
    const playing = this.#playing;
    const before = this.#journal.text;
    const recovery = this.#journal.recover(false);
    try {
      const player = await this.#reborn(recovery?.text ?? "");
      if (!player) return;
      for (const deed of recovery?.deeds ?? []) redo(player, deed);
      player.seek(this.#position);
      this.#adopt(player);
      if (playing) this.command((again) => again.play());
      const waiting = this.#waiting;
      this.#waiting = undefined;
      for (const command of waiting) command();
    } catch {
      this.#waiting = undefined;
      this.#bury();
      this.owner.trapped("lost", before);
    }
  }

  async #resurrect(): Promise<void> {
    if (!this.instance) return;
    const now = performance.now();
    const again = now - this.#trappedAt < TRAP_AGAIN_MS;
    this.#trappedAt = now;
    const broken = this.#journal.text;
    const recovery = this.#journal.recover(again);
    if (!recovery) {
      this.#bury();
      this.owner.trapped("lost", broken);
      return;
    }
    const { text, deeds } = recovery;
    let { without } = recovery;
    // Each turn that traps leaves one deed out, so that this ends.
    for (;;) {
      let place = -1;
      try {
        const player = await this.#reborn(text);
        if (!player) return;
        for (const [index, deed] of deeds.entries()) {
          place = index;
          redo(player, deed);
        }
        place = deeds.length;
        const lost = without !== undefined || text !== broken;
        const report = without ? reportOf(player, without, text) : broken;
        if (without === undefined) player.seek(this.#position);
        this.#adopt(player);
        this.owner.trapped(lost ? "without-last" : "recovered", report);
        return;
      } catch (error) {
        if (place < 0 || place >= deeds.length) {
          this.#bury();
          this.owner.trapped("lost", broken);
          return;
        }
        if (!isEngineError(error)) without = deeds[place];
        this.#journal.cut(place);
        deeds.length = place;
      }
    }
  }

  /** The memory of a trapped instance is not to be trusted: no free(). */
  #bury(): Instance | undefined {
    const broken = this.instance;
    this.player = undefined;
    this.instance = undefined;
    return broken;
  }

  /** A player in a fresh instance; nothing where somebody opened another run meanwhile. */
  async #reborn(text: string): Promise<Player | undefined> {
    const turn = this.#opening;
    const broken = this.#bury() ?? this.#broken;
    if (!broken) return undefined;
    this.#broken = broken;
    const instance = await replace(broken, this.wasmSource());
    if (turn !== this.#opening) return undefined;
    this.instance = instance;
    return instance.engine.Player.from_share(text);
  }
  #broken: Instance | undefined;

  /** Asks for a frame; many asks are one frame. */
  invalidate(): void {
    if (this.#handle || !this.#awake || !this.player) return;
    this.#last = performance.now();
    this.#handle = requestAnimationFrame(this.#frame);
  }

  #frame = (now: number): void => {
    this.#handle = 0;
    const player = this.player;
    if (!player) return;
    const elapsed = Math.min(Math.max(now - this.#last, 0), FRAME_MS_MAX);
    this.#last = now;
    try {
      const bits = player.tick(elapsed);
      this.#position = player.position_us;
      this.#playing = player.playing;
      this.owner.frame(bits);
      // Not in the frame, which would be shown so much later.
      if (player.growing) window.setTimeout(this.#simulateAhead);
      if ((this.player?.playing || this.player?.growing) && this.#awake && !this.#handle) {
        this.#handle = requestAnimationFrame(this.#frame);
      }
    } catch (error) {
      this.#failed(error);
    }
  };

  #simulateAhead = (): void => {
    const player = this.player;
    if (!player || !this.#awake) return;
    try {
      const until = performance.now() + (player.playing ? AHEAD_MS : AHEAD_AT_REST_MS);
      while (performance.now() < until && player.grow());
    } catch (error) {
      this.#failed(error);
    }
  };

  /** Nobody can see it: no frames, and virtual time stands. */
  sleep(): void {
    this.#awake = false;
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
  }

  wake(): void {
    if (this.#awake) return;
    this.#awake = true;
    this.invalidate();
  }

  #release(): void {
    const player = this.player;
    this.player = undefined;
    try {
      player?.free();
    } catch {
      // A player of a dead instance; the instance goes as a whole.
    }
  }

  close(): void {
    this.#opening += 1;
    cancelAnimationFrame(this.#handle);
    this.#handle = 0;
    window.clearTimeout(this.#keeping);
    this.#keeping = 0;
    this.keepIfAlive();
    this.#release();
  }

  /** Keeps the run as it is, unless there is none or it cannot be asked. */
  keepIfAlive(): void {
    try {
      if (this.player) this.keep();
    } catch {
      // The last snapshot stands.
    }
  }
}

function create({ engine: { Player } }: Instance, source: Source, options: PlayerOptions): Player {
  if (source.kind === "scenario") return Player.scenario(source.id, options);
  if (source.kind === "text") return Player.from_text(source.text, options);
  return Player.from_share(source.payload);
}

/** The run with the deed at which the engine broke, as text. */
function reportOf(player: Player, deed: Deed, text: string): string {
  if (deed === "undo") return `${text}# then undone, at which the engine stopped\n`;
  player.see_until(deed.seen_us);
  player.seek(deed.at_us);
  return player.run_text_with(deed.action);
}

/** What a failed start means to the reader. */
export function problemOf(error: unknown, source: Source): Problem {
  if (error instanceof Problem) return error;
  if (isEngineError(error)) {
    if (error.code === "unknown-scenario")
      return new Problem("unknown-scenario", { id: source.kind === "scenario" ? source.id : "" });
    if (error.code === "version-newer") return new Problem("version-newer");
    if (error.line !== undefined) {
      return new Problem("scenario-syntax", {
        ...strings(error.args),
        line: error.line,
        column: error.column ?? 1,
        reason: error.code,
      });
    }
    return new Problem(source.kind === "share" ? "link-garbled" : "scenario-syntax", {
      ...strings(error.args),
      line: 1,
      column: 1,
      reason: error.code,
    });
  }
  return new Problem("engine-trap");
}

/** The arguments of an engine's error as messages take them. */
export function strings(args: EngineError["args"] | undefined): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(args ?? {}).map(([name, value]) => [name, typeof value === "boolean" ? String(value) : value]),
  );
}
