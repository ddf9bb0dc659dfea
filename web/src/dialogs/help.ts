/** The keys, from the table that binds them, and what the picture's signs mean. */
import { html, svg, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import { KEYMAP } from "../keymap.js";

const SIGNS = ["syn", "data", "ack", "fin", "rst", "forged", "lost", "call"] as const;

/** The marks of the pictures, small. */
const MARKS = {
  lost: svg`<path d="M1 4h14"/><path d="m12 4 8 10M20 4l-8 10" class="bad"/>`,
  refused: svg`<path d="M1 9h13"/><path d="m14 4.5 8 4.5-8 4.5z"/><path d="M23.5 2v14" class="bad"/>`,
  coming: svg`<path d="M1 4h12"/><circle cx="13" cy="4" r="3.2" fill="currentColor"/><path d="m16 6 14 8" stroke-dasharray="1.5 2.5"/>`,
  again: svg`<path d="M4 1c9 5 9 11 0 16" stroke-dasharray="3 2.5"/><path d="M4 1h26M4 17h26"/>`,
  offpath: svg`<path d="m3 9 5-5 5 5-5 5z" fill="currentColor"/><path d="M13 9h17" stroke-dasharray="4 2.5"/>`,
  timer: svg`<path d="M22 1c-6 0-6 3-6 5v7" /><path d="M16 13v5" stroke-dasharray="1.5 2"/><circle cx="16" cy="12" r="2.6" fill="currentColor"/>`,
  fold: svg`<path d="M1 4h30M1 14h30" stroke-dasharray="3 2.5"/><path d="M7 9h18"/>`,
  now: svg`<path d="M6 9h20"/><path d="m0 4.5 7 4.5-7 4.5zM32 4.5 25 9l7 4.5z" fill="currentColor" class="bad"/>`,
  more: svg`<text x="16" y="13.5" text-anchor="middle">+4</text>`,
  differs: svg`<circle cx="16" cy="9" r="8" fill="currentColor" class="bad"/><path d="M12 7h8M12 11h8M18.5 4l-5 10" class="on"/>`,
} as const;

export function help(element: TcpPlayground): TemplateResult {
  const { t, messages } = element;
  return html`
    <p>${t("help-intro")}</p>
    <h3>${t("help-signs")}</h3>
    <ul class="signs">
      ${SIGNS.map((sign) => html`<li><i style="background:var(--tcp-${sign})" aria-hidden="true"></i><span>${t(`sign-${sign}`)}</span></li>`)}
    </ul>
    <h3>${t("help-marks")}</h3>
    <ul class="signs">
      ${Object.entries(MARKS).map(([mark, picture]) => html`<li><svg class="sign" viewBox="0 0 32 18" aria-hidden="true">${picture}</svg><span>${t(`mark-${mark}`)}</span></li>`)}
    </ul>
    <p>${t("help-flags")}</p>
    <h3>${t("help-keys")}</h3>
    <label class="switch"
      ><input
        type="checkbox"
        .checked=${element.preferences.singles}
        @change=${(event: Event) => element.prefer({ singles: (event.target as HTMLInputElement).checked })}
      /><span>${t("single-keys")}</span></label
    >
    <table class="keys">
      <tbody>
        ${KEYMAP.map(
          ({ command, keys, where }) => html`
            <tr>
              <th scope="row">${t(`command-${command}`)}${where === "stage" ? html` <small>${t("key-on-stage")}</small>` : ""}</th>
              <td>${keys.map((key) => html`<kbd>${messages.maybe(`key-${key.replace(/[^A-Za-z]/g, "").toLowerCase()}`) ?? keyName(element, key)}</kbd> `)}</td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

const ARROWS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

function keyName(element: TcpPlayground, key: string): string {
  return key
    .split(/(?<=[a-z0-9])\+/)
    .map(
      (part) => ARROWS[part] ?? (part === " " ? element.t("key-space") : part.length === 1 ? part.toUpperCase() : part),
    )
    .join(" + ");
}
