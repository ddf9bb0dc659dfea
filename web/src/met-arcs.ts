/** The transitions a learner has ever seen happen, kept in this browser only. */
import type { Player } from "./engine.js";
import { recall, remember } from "./storage.js";

const KEY = "arcs";
/** There are 51 arcs in all; a longer list is not ours. */
const LENGTH_MAX = 4000;

function read(): Set<string> {
  const kept = recall(KEY) ?? "";
  return new Set(kept.length <= LENGTH_MAX ? kept.split(" ").filter((arc) => arc.includes(">")) : []);
}

let met: Set<string> | undefined;

/** From and to of each. */
export function metArcs(): [string, string][] {
  met ??= read();
  return [...met].map((arc) => arc.split(">") as [string, string]);
}

/** How much of its run has been taken in, by player. */
const seen = new WeakMap<Player, number>();

/** Takes in what has happened in this run so far; `anew` where the run is another than before. */
export function meetArcs(player: Player, anew: boolean): void {
  met ??= read();
  const before = met.size;
  const since = anew ? 0 : (seen.get(player) ?? 0);
  const now = player.records_now;
  if (now > since || anew) seen.set(player, now);
  for (const { from, to } of now > since ? player.arcs(since) : []) met.add(`${from}>${to}`);
  if (met.size > before) remember(KEY, [...met].join(" "));
}
