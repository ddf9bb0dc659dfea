/** Prose with its names kept whole: FIN-WAIT-1 is never broken at a hyphen, and a state has its colour. */

import { TOKENS } from "virtual:palette";
import { html, type TemplateResult } from "lit";

/** Names of several words, and of one that is a state. */
const STATES = new Set(
  TOKENS.filter((token) => token.startsWith("state-")).map((token) => token.slice(6).toUpperCase()),
);
const NAMES = new RegExp(
  `([A-Z0-9]+(?:-[A-Z0-9]+)+|\\b(?:${[...STATES].filter((name) => !name.includes("-")).join("|")})\\b)`,
);

export function prose(text: string): TemplateResult {
  return html`${text.split(NAMES).map((part, index) => (index % 2 === 0 ? part : name(part)))}`;
}

function name(text: string): TemplateResult {
  return STATES.has(text)
    ? html`<span class="name" style="color:var(--tcp-state-${text.toLowerCase()})">${text}</span>`
    : html`<span class="name">${text}</span>`;
}
