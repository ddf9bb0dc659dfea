import type { Place, RecordId } from "./engine.js";

/** A menu that is open: what it acts on, and where on the screen it was asked for. */
export type Menu =
  | { kind: "host"; place: Exclude<Place, "attacker">; x?: number; y?: number }
  | { kind: "segment"; id: RecordId; x?: number; y?: number }
  | { kind: "more"; x?: number; y?: number };
