/** The parts of the player that a page may hide or lock, and what belongs to each. */
import type { Command } from "./keymap.js";

/** In the attributes `hide` and `lock`; the README lists them. */
export const PARTS = [
  "views",
  "acts",
  "numbers",
  "zoom",
  "seek",
  "speed",
  "undo",
  "help",
  "settings",
  "editor",
  "open",
  "share",
  "panels",
  "story",
  "events",
  "why",
  "hosts",
  "branches",
] as const;
export type Part = (typeof PARTS)[number];

/** Keys go with the part whose work they do. */
const PART_OF: Partial<Record<Command, Part>> = {
  "next-chapter": "seek",
  "previous-chapter": "seek",
  "tick-forward": "seek",
  "tick-back": "seek",
  start: "seek",
  end: "seek",
  tenth: "seek",
  restart: "seek",
  faster: "speed",
  slower: "speed",
  undo: "undo",
  redo: "undo",
  "zoom-in": "zoom",
  "zoom-out": "zoom",
  follow: "zoom",
  help: "help",
  menu: "acts",
  drop: "acts",
  delay: "acts",
  hold: "acts",
  duplicate: "acts",
  corrupt: "acts",
};

export function partOf(command: Command): Part | undefined {
  return PART_OF[command];
}
