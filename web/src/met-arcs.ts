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

/** Takes in what has happened in this run so far. */
export function meetArcs(player: Player): void {
  met ??= read();
  const before = met.size;
  for (const { from, to } of player.arcs()) met.add(`${from}>${to}`);
  if (met.size > before) remember(KEY, [...met].join(" "));
}
