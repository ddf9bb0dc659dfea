/** The element's attributes: what each may hold and what it means when absent. One table for element, frame and docs. */
import { PARTS, type Part } from "./parts.js";
import { Problem } from "./problem.js";

type Rule =
  | { kind: "choice"; choices: readonly string[]; fallback: string }
  | { kind: "number"; min: number; max: number; fallback: number }
  | { kind: "list"; choices: readonly string[] }
  | { kind: "flag" }
  | { kind: "text" };

const choice = (...choices: string[]): Rule => ({ kind: "choice", choices, fallback: choices[0] ?? "" });

export const ATTRIBUTES = {
  scenario: { kind: "text" },
  src: { kind: "text" },
  at: { kind: "text" },
  seed: { kind: "text" },
  policy: choice("", "rfc", "linux", "freebsd", "letter"),
  speed: { kind: "number", min: 0.05, max: 16, fallback: 1 },
  autoplay: choice("off", "on", "visible"),
  loop: { kind: "flag" },
  loading: choice("lazy", "eager"),
  controls: choice("full", "minimal", "none"),
  view: choice("ladder", "states", "sequence-space", "time-sequence"),
  theme: choice("auto", "light", "dark", "contrast"),
  lang: { kind: "text" },
  keyboard: choice("focus", "off"),
  motion: choice("auto", "full", "none"),
  numbers: choice("relative", "absolute"),
  size: choice("normal", "large"),
  hide: { kind: "list", choices: PARTS },
  lock: { kind: "list", choices: PARTS },
  "wasm-src": { kind: "text" },
  label: { kind: "text" },
} as const satisfies Record<string, Rule>;

export type AttributeName = keyof typeof ATTRIBUTES;
export const ATTRIBUTE_NAMES = Object.keys(ATTRIBUTES) as AttributeName[];

/** The value of a choice attribute; `complain` hears of a value that is none of its choices. */
export function choiceOf(element: Element, name: AttributeName, complain: (problem: Problem) => void): string {
  const rule: Rule = ATTRIBUTES[name];
  if (rule.kind !== "choice") throw new TypeError(name);
  const value = element.getAttribute(name);
  if (value === null) return rule.fallback;
  // A bare attribute, as in `<tcp-playground autoplay>`, means the first choice that is not the default.
  if (value === "" && rule.fallback !== "") return rule.choices[1] ?? rule.fallback;
  if (rule.choices.includes(value)) return value;
  complain(new Problem("bad-attribute", { name, value, allowed: rule.choices.filter(Boolean).join(", ") }));
  return rule.fallback;
}

export function numberOf(element: Element, name: AttributeName, complain: (problem: Problem) => void): number {
  const rule: Rule = ATTRIBUTES[name];
  if (rule.kind !== "number") throw new TypeError(name);
  const value = element.getAttribute(name);
  if (value === null) return rule.fallback;
  const number = Number(value);
  if (value.trim() !== "" && number >= rule.min && number <= rule.max) return number;
  complain(new Problem("bad-attribute", { name, value, allowed: `${rule.min} – ${rule.max}` }));
  return rule.fallback;
}

/** The parts that `hide` or `lock` names, between spaces or commas. */
export function partsOf(
  element: Element,
  name: "hide" | "lock",
  complain: (problem: Problem) => void,
): ReadonlySet<Part> {
  const words = (element.getAttribute(name) ?? "").split(/[\s,]+/).filter(Boolean);
  const known = (word: string): word is Part => (PARTS as readonly string[]).includes(word);
  for (const value of words) {
    if (!known(value)) complain(new Problem("bad-attribute", { name, value, allowed: PARTS.join(", ") }));
  }
  return new Set(words.filter(known));
}

/** `at`: an ordinal of an event («4»), or a time with its unit («1.5s», «250ms», «2min»). */
export function momentOf(value: string): { event: number } | { time_us: number } | undefined {
  if (/^\d+$/.test(value)) return { event: Number(value) };
  const match = /^(\d+(?:\.\d+)?)\s*(us|ms|s|min)$/.exec(value);
  if (!match) return undefined;
  const unit = { us: 1, ms: 1e3, s: 1e6, min: 60e6 }[match[2] as "us" | "ms" | "s" | "min"];
  return { time_us: Math.round(Number(match[1]) * unit) };
}
