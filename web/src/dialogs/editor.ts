/** The run as text, to read and to change; errors are shown at their place. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import type { EngineError } from "../engine.js";
import { isEngineError, strings } from "../player-host.js";
import { refusal } from "../refusal.js";

interface Draft {
  text: string;
  error: EngineError | undefined;
}
const drafts = new WeakMap<TcpPlayground, Draft>();

export function editor(element: TcpPlayground): TemplateResult {
  const { t } = element;
  let draft = drafts.get(element);
  if (!draft) {
    draft = { text: element.failedText ?? element.host.read((player) => player.run_text(), ""), error: undefined };
    drafts.set(element, draft);
    check(element, draft);
  }
  const { text, error } = draft;
  const lines = text.split("\n").length;
  return html`
    <p class="quiet">${t("editor-help")}</p>
    <div class="editor">
      <div class="gutter" aria-hidden="true">${Array.from({ length: lines }, (_, index) => html`<span class=${error?.line === index + 1 ? "wrong" : ""}>${index + 1}</span>`)}</div>
      <textarea
        spellcheck="false"
        autocapitalize="off"
        wrap="off"
        rows=${Math.min(Math.max(lines + 1, 10), 24)}
        aria-label=${t("editor")}
        aria-invalid=${error ? "true" : "false"}
        aria-describedby="editor-error"
        .value=${text}
        @input=${(event: Event) => {
          const field = event.target as HTMLTextAreaElement;
          const changed = { text: field.value, error: undefined };
          drafts.set(element, changed);
          check(element, changed);
          element.requestUpdate();
        }}
        @scroll=${(event: Event) => {
          const field = event.target as HTMLElement;
          (field.previousElementSibling as HTMLElement).scrollTop = field.scrollTop;
        }}
      ></textarea>
    </div>
    <p id="editor-error" class=${error ? "wrong" : "right"} role="status">
      ${error ? `${t("line-column", { line: error.line ?? 1, column: error.column ?? 1 })} ${refusal(element, error.code, strings(error.args))}` : t("editor-fine")}
      ${error ? html`<button @click=${() => show(element, error)}>${t("show-place")}</button>` : nothing}
    </p>
    <p class="actions">
      <button class="primary" ?disabled=${error !== undefined} @click=${() => run(element)}>${t("editor-run")}</button>
      <button @click=${() => revert(element)}>${t("editor-revert")}</button>
    </p>
  `;
}

/** Whether the text can be read, asked of the engine itself. */
function check(element: TcpPlayground, draft: Draft): void {
  const engine = element.host.instance?.engine;
  if (!engine) return;
  try {
    engine.Player.from_text(draft.text).free();
  } catch (error) {
    if (isEngineError(error)) draft.error = error;
  }
}

function show(element: TcpPlayground, error: EngineError): void {
  const field = element.renderRoot.querySelector<HTMLTextAreaElement>(".editor textarea");
  if (!field) return;
  const lines = field.value.split("\n");
  const at =
    lines.slice(0, (error.line ?? 1) - 1).reduce((sum, line) => sum + line.length + 1, 0) + (error.column ?? 1) - 1;
  field.focus();
  field.setSelectionRange(at, Math.min(at + 1, field.value.length));
}

function run(element: TcpPlayground): void {
  const text = drafts.get(element)?.text ?? "";
  drafts.delete(element);
  element.renderRoot.querySelector<HTMLDialogElement>("dialog")?.close();
  void element.openRun({ kind: "text", text });
}

/** A closed editor has no draft. */
export function forgetDraft(element: TcpPlayground): void {
  drafts.delete(element);
}

function revert(element: TcpPlayground): void {
  drafts.delete(element);
  element.requestUpdate();
}
