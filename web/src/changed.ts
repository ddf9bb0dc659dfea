/** The bits of `Player.tick`, as values: a declared `const enum` cannot be read from another module. */
export const Changed = {
  Picture: 1,
  Event: 2,
  Playback: 4,
  Run: 8,
  Selection: 16,
  Checkpoint: 32,
  Length: 64,
} as const;
export const EVERYTHING = 127;
