/** What the marks and numbers of a picture mean, in words beside it. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "./element.js";

/** The stretches of figures 3 and 4 of RFC 9293, with their colours. */
const SEND = ["done", "flight", "open", "shut"] as const;
const RECEIVE = ["done", "open", "shut"] as const;

export function legend(element: TcpPlayground): TemplateResult | typeof nothing {
  if (element.view === "sequence-space") return space(element);
  if (element.view === "time-sequence") return timeSequence(element);
  return nothing;
}

function space(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const list = (kind: "send" | "receive", stretches: readonly string[]) => html`
    <div>
      <b>${t(`legend-${kind}-space`)}</b>
      <ol>
        ${stretches.map(
          (stretch, index) =>
            html`<li><i class="swatch" style="background:var(--tcp-space-${stretch})" aria-hidden="true">${index + 1}</i><span>${t(`legend-${kind}-${stretch}`)}</span></li>`,
        )}
      </ol>
    </div>
  `;
  return html`<div class="legend" part="legend">${list("send", SEND)}${list("receive", RECEIVE)}</div>`;
}

const MARKS = ["segment", "again", "lost", "acknowledged", "window"] as const;

function timeSequence(element: TcpPlayground): TemplateResult {
  const { t } = element;
  return html`
    <div class="legend" part="legend">
      <ul>
        ${MARKS.map((mark) => html`<li><i class="mark" data-mark=${mark} aria-hidden="true"></i><span>${t(`legend-${mark}`)}</span></li>`)}
      </ul>
    </div>
  `;
}
