/** What the marks and numbers of a picture mean, in words beside it. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "./element.js";
import { metArcs } from "./met-arcs.js";

/** The stretches of figures 3 and 4 of RFC 9293, with their colours. */
const SEND = ["done", "flight", "open", "shut"] as const;
const RECEIVE = ["done", "open", "shut"] as const;

export function legend(element: TcpPlayground): TemplateResult | typeof nothing {
  if (element.view === "sequence-space") return space(element);
  if (element.view === "time-sequence") return timeSequence(element);
  if (element.view === "states") return states(element);
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

/** What the numbers and lines of the state machines mean, and how much has been collected. */
function states(element: TcpPlayground): TemplateResult {
  const { t } = element;
  return html`
    <div class="legend" part="legend">
      <ul>
        <li><i class="swatch step" aria-hidden="true">1</i><span>${t("legend-step")}</span></li>
        <li><i class="swatch step last" aria-hidden="true">2</i><span>${t("legend-last-step")}</span></li>
        <li><i class="mark" data-mark="met" aria-hidden="true"></i><span>${t("legend-met", { count: metArcs().length })}</span></li>
      </ul>
    </div>
  `;
}

const MARKS = ["segment", "again", "lost", "acknowledged", "window", "fold"] as const;
/** The curves below, by the names of their colours. */
const CURVES = ["rto", "rtt", "cwnd", "ssthresh"] as const;

function timeSequence(element: TcpPlayground): TemplateResult {
  const { t } = element;
  return html`
    <div class="legend" part="legend">
      <ul>
        ${MARKS.map((mark) => html`<li><i class="mark" data-mark=${mark} aria-hidden="true"></i><span>${t(`legend-${mark}`)}</span></li>`)}
        ${CURVES.map((curve) => html`<li><i class="mark" data-mark="curve" style="--ink:var(--tcp-${curve})" aria-hidden="true"></i><span>${t(`legend-${curve}`)}</span></li>`)}
      </ul>
    </div>
  `;
}
