/** What went wrong, how to mend it, and a way on. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "./element.js";
import { icon } from "./icons.js";
import type { Problem } from "./problem.js";
import { refusal } from "./refusal.js";

export function problemPanel(element: TcpPlayground, problem: Problem): TemplateResult {
  const { t } = element;
  const { code, args } = problem;
  const reason = args.reason;
  const why = reason === undefined ? undefined : refusal(element, String(reason), args);
  const trap = code === "engine-trap" && element.report;
  return html`
    <div class="problem" role="alert">
      <h2>${icon("warning")}${t(`problem-${code}`, args)}</h2>
      ${why ? html`<p>${why}</p>` : nothing}
      <p>${t(`problem-${code}-fix`, args)}</p>
      <p class="actions">
        <button class="primary" @click=${element.retry}>${t("try-again")}</button>
        ${
          code === "scenario-syntax" && element.failedText
            ? html`<button @click=${() => element.openDialog("editor")}>${t("edit-text")}</button>`
            : nothing
        }
        ${
          trap
            ? html`<button @click=${() => void navigator.clipboard?.writeText(element.report).catch(() => undefined)}>
                ${t("copy-report")}
              </button>`
            : nothing
        }
        <button @click=${() => void element.openRun({ kind: "scenario", id: "three-way-handshake" })}>
          ${t("open-handshake")}
        </button>
      </p>
      <p class="quiet"><code>${code}</code></p>
      <slot></slot>
    </div>
  `;
}

/** Attributes that could not be understood: said once, in the way of nothing. */
export function warnings(element: TcpPlayground): TemplateResult | typeof nothing {
  if (element.complaints.length === 0) return nothing;
  const { t } = element;
  return html`
    <div class="warnings" role="status">
      ${element.complaints.map(
        (problem) =>
          html`<p>${icon("warning")}<span>${t(`problem-${problem.code}`, problem.args)} ${t(`problem-${problem.code}-fix`, problem.args)}</span></p>`,
      )}
      <button
        aria-label=${t("dismiss")}
        title=${t("dismiss")}
        @click=${() => {
          element.complaints = [];
          element.requestUpdate();
        }}
      >
        ${icon("close")}
      </button>
    </div>
  `;
}
