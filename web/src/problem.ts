/** What can go wrong in front of a reader. Each code has the messages `problem-CODE` and `problem-CODE-fix`. */
export const PROBLEM_CODES = [
  "wasm-csp",
  "wasm-mime",
  "wasm-network",
  "wasm-unsupported",
  "wasm-broken",
  "file-protocol",
  "scenario-syntax",
  "scenario-network",
  "unknown-scenario",
  "bad-attribute",
  "version-newer",
  "link-garbled",
  "engine-trap",
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Plain data, so that it can travel in an event. */
export interface ProblemDetail {
  code: ProblemCode;
  args: Record<string, string | number>;
}

export class Problem extends Error {
  constructor(
    readonly code: ProblemCode,
    readonly args: Record<string, string | number> = {},
  ) {
    super(code);
  }

  get detail(): ProblemDetail {
    return { code: this.code, args: this.args };
  }
}
