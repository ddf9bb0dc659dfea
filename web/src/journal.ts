/** What was done, outside the engine's memory: noted before it is done, so that a trap loses nothing of it. */
import type { Action, Player } from "./engine.js";

/** One thing done: an action at a moment, with how far the run had been looked at; or an undo. */
export type Deed = { action: Action; at_us: number; seen_us: number } | "undo";

/** Where to begin again, and what to do then. */
export interface Recovery {
  text: string;
  deeds: Deed[];
  /** What is left out because the engine broke at it. */
  without: Deed | undefined;
}

export class Journal {
  #text = "";
  #earlier = "";
  #deeds: Deed[] = [];
  /** The last deed is being done right now. */
  #doing = false;

  get text(): string {
    return this.#text;
  }

  /** The whole run as it is now, with everything noted so far. */
  keep(text: string): void {
    if (text !== this.#text) this.#earlier = this.#text;
    this.#text = text;
    this.#deeds = [];
  }

  /** A run that has nothing to do with the one before. */
  begin(text: string): void {
    this.#text = text;
    this.#earlier = "";
    this.#deeds = [];
  }

  /** Notes `deed` and does it: what traps stays noted as the one in hand, what is refused (throws) is forgotten. */
  perform<T>(deed: Deed, doing: () => T, refused: (error: unknown) => boolean): T {
    this.#deeds.push(deed);
    this.#doing = true;
    try {
      const result = doing();
      this.#doing = false;
      return result;
    } catch (error) {
      if (refused(error)) {
        this.#deeds.pop();
        this.#doing = false;
      }
      throw error;
    }
  }

  /**
   * How to go on after a trap. The deed in hand is left out; where the trap comes `again` without one, so is the last that
   * was done, then all that was done since the text before this one. Nothing where there is nothing to go on from.
   */
  recover(again: boolean): Recovery | undefined {
    const without = this.#doing || (again && this.#deeds.length > 0) ? this.#deeds.pop() : undefined;
    if (again && !this.#doing && without === undefined) {
      this.#text = this.#earlier;
      this.#earlier = "";
    }
    this.#doing = false;
    return this.#text ? { text: this.#text, deeds: [...this.#deeds], without } : undefined;
  }

  /** The engine broke when the deed of this place was done anew: it and what came after are left out. */
  cut(place: number): void {
    this.#deeds.length = Math.min(this.#deeds.length, place);
  }
}

export function redo(player: Player, deed: Deed): void {
  if (deed === "undo") player.undo();
  else {
    player.see_until(deed.seen_us);
    player.seek(deed.at_us);
    player.act(deed.action);
  }
}
