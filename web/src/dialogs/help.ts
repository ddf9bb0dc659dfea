/** The keys, from the table that binds them, and what the picture's signs mean. */
import { html, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import { KEYMAP } from "../keymap.js";

const SIGNS = ["syn", "data", "ack", "fin", "rst", "forged", "lost", "call"] as const;

export function help(element: TcpPlayground): TemplateResult {
  const { t, messages } = element;
  return html`
    <p>${t("help-intro")}</p>
    <h3>${t("help-signs")}</h3>
    <ul class="signs">
      ${SIGNS.map((sign) => html`<li><i style="background:var(--tcp-${sign})" aria-hidden="true"></i><span>${t(`sign-${sign}`)}</span></li>`)}
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
