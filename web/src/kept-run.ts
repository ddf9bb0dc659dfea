/**
 * Where the run on screen is kept: in its own entry of the session's history, which needs no storage, is each tab's own
 * and is there again after a reload, back and forward; and the latest of all tabs in storage, for a visit to come.
 */
import { forget, recall, remember } from "./storage.js";

export interface Kept {
  scenario: string;
  payload: string;
}

const isKept = (value: unknown): value is Kept => {
  const { scenario, payload } = (value ?? {}) as Partial<Record<keyof Kept, unknown>>;
  return typeof scenario === "string" && typeof payload === "string";
};

/** Keeps the run that was made of `scenario`; without a payload there is nothing to keep. */
export function keepRun(scenario: string, payload: string | undefined): void {
  const kept: Kept | null = payload === undefined ? null : { scenario, payload };
  const here = runHere();
  if (here?.payload === payload && (here === undefined || here.scenario === scenario)) return;
  try {
    history.replaceState(kept, "", location.href);
  } catch {
    // Too large, or too often: the storage may still take it.
  }
  if (kept) remember("run", JSON.stringify(kept));
  else if (here) forget("run");
}

/** The run of this entry of the history. */
export function runHere(): Kept | undefined {
  const state: unknown = history.state;
  return isKept(state) ? state : undefined;
}

/** The run that was made last, in whichever tab. */
export function lastRun(): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(recall("run") ?? "null");
    return isKept(kept) ? kept : undefined;
  } catch {
    return undefined;
  }
}
