/** Opens what somebody else wrote: a packetdrill script as a run, or a run's text. What does not hold is shown at its place. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import { reasonText } from "../rows.js";
import type { Failure, FailureKind } from "./engine.js";
import { withTools } from "./loader.js";
import { wordsFor } from "./save.js";

/** A run's text begins so; everything else is taken for a script. */
const RUN_BEGINS = /^\s*tcp-playground \d/;
/** The chapter of a run at which its script failed (`packetdrill::FAILED`). */
const FAILED = "script-failed";
const DIALECTS = ["linux", "freebsd"];
const POLICIES = ["rfc", "linux", "freebsd", "letter"];
/** More than any script of a person; a file beyond it is none. */
const SIZE_MAX = 4_000_000;

/** What the tools said, copied out of their memory. */
interface Report {
  passed: boolean;
  playable: boolean;
  differs: number;
  dialect: string;
  policy: string;
  packets: number;
  failures: Found[];
}
interface Found {
  kind: FailureKind;
  line: number;
  column: number;
  message: string;
  wanted: string | undefined;
  found: string | undefined;
  expected: string | undefined;
  actual: string | undefined;
  reason: string | undefined;
  log: string[];
}
interface Draft {
  name: string;
  text: string;
  dialect: string;
  policy: string;
  busy: boolean;
  trouble: string;
  report: Report | undefined;
}

const drafts = new WeakMap<TcpPlayground, Draft>();

function draftOf(element: TcpPlayground): Draft {
  let draft = drafts.get(element);
  if (!draft) {
    draft = { name: "", text: "", dialect: "", policy: "", busy: false, trouble: "", report: undefined };
    drafts.set(element, draft);
  }
  return draft;
}

export function openDialogBody(element: TcpPlayground): TemplateResult {
  const { t } = element;
  element.messages.want("tools");
  const draft = draftOf(element);
  return html`
    <div class="open" @dragover=${allow} @drop=${(event: DragEvent) => dropped(element, event)}>
      <p class="quiet">${t("open-help")}</p>
      <label class="choose">
        <span>${t("open-file")}</span>
        <input type="file" accept=".pkt,.txt,.run,text/plain" @change=${(event: Event) => {
          const file = (event.target as HTMLInputElement).files?.[0];
          if (file) void openFile(element, file);
        }} />
      </label>
      <label class="paste">
        <span>${t("open-text")}</span>
        <textarea
          spellcheck="false"
          autocapitalize="off"
          wrap="off"
          rows="10"
          .value=${draft.text}
          @input=${(event: Event) => {
            Object.assign(draft, { text: (event.target as HTMLTextAreaElement).value, report: undefined, trouble: "" });
            element.requestUpdate();
          }}
        ></textarea>
      </label>
      <p class="do">
        ${choice(element, "dialect", DIALECTS)} ${choice(element, "policy", POLICIES)}
        <button class="primary" ?disabled=${draft.busy || !draft.text.trim()} @click=${() => void open(element)}>${t("open-go")}</button>
      </p>
      <div role="status" class="report">${draft.busy ? t("loading") : draft.trouble ? html`<p class="wrong">${draft.trouble}</p>` : draft.report ? report(element, draft, draft.report) : nothing}</div>
    </div>
  `;
}

function choice(element: TcpPlayground, name: "dialect" | "policy", ids: readonly string[]): TemplateResult {
  const draft = draftOf(element);
  return html`
    <label>
      <span>${element.t(`open-${name}`)}</span>
      <select
        name=${name}
        @change=${(event: Event) => {
          draft[name] = (event.target as HTMLSelectElement).value;
          draft.report = undefined;
          element.requestUpdate();
        }}
      >
        <option value="" ?selected=${draft[name] === ""}>${element.t("open-as-script")}</option>
        ${ids.map((id) => html`<option value=${id} ?selected=${draft[name] === id}>${element.t(name === "policy" ? `policy-${id}` : `dialect-${id}`)}</option>`)}
      </select>
    </label>
  `;
}

function report(element: TcpPlayground, draft: Draft, result: Report): TemplateResult {
  const { t } = element;
  const ran = t("script-ran", {
    packets: result.packets,
    dialect: t(`dialect-${result.dialect}`),
    policy: t(`policy-${result.policy}`),
  });
  return html`
    <p class=${result.passed ? "right" : "wrong"}>${t(result.passed ? "script-holds" : "script-fails")} ${ran}</p>
    ${result.playable ? nothing : html`<p>${result.differs ? t("script-differs", { packet: result.differs }) : t("script-nothing")}</p>`}
    ${result.failures.map((failure) => found(element, draft.text, failure))}
    ${
      result.playable
        ? html`<p class="actions"><button class="primary" @click=${() => look(element)}>${t("script-look")}</button></p>`
        : nothing
    }
  `;
}

function found(element: TcpPlayground, text: string, failure: Found): TemplateResult {
  const { t } = element;
  const why = reasonText(element, failure.reason);
  return html`
    <section class="failure" data-kind=${failure.kind} data-line=${failure.line}>
      <h3>${t("line-column", { line: failure.line, column: failure.column })} ${t(`script-failed-${failure.kind}`)}</h3>
      ${failure.wanted === undefined ? nothing : html`<p>${wantedText(element, failure.wanted, failure.found ?? "")}</p>`}
      ${excerpt(text, failure.line)}
      ${
        failure.expected === undefined
          ? nothing
          : html`<dl class="packets">
              <dt>${t("script-expected")}</dt>
              <dd dir="ltr"><code>${failure.expected}</code></dd>
              <dt>${t("script-actual")}</dt>
              <dd dir="ltr"><code>${failure.actual === "none" ? t("script-no-packet") : failure.actual}</code></dd>
            </dl>`
      }
      ${why ? html`<p class="reason">${why}</p>` : nothing}
      <details>
        <summary>${t("script-details")}</summary>
        <pre lang="en" dir="ltr">${[failure.message, ...failure.log].join("\n")}</pre>
      </details>
    </section>
  `;
}

/** What should have stood there, and what does; signs and words of the script stand for themselves. */
function wantedText(element: TcpPlayground, wanted: string, found: string): string {
  const { t } = element;
  const said = (kind: string, id: string): string => (id.startsWith("«") ? id : t(`${kind}-${id}`));
  return t("script-wanted", { wanted: said("wanted", wanted), found: said("found", found) });
}

/** The line with its neighbours. */
function excerpt(text: string, line: number): TemplateResult {
  const lines = text.split("\n");
  const from = Math.max(line - 3, 0);
  return html`
    <pre class="excerpt" dir="ltr">${lines.slice(from, line + 2).map((content, index) => {
      const number = from + index + 1;
      return html`<span class=${number === line ? "wrong" : ""} aria-current=${number === line ? "location" : nothing}>${String(number).padStart(4)}  ${content}\n</span>`;
    })}</pre>
  `;
}

function allow(event: DragEvent): void {
  if (event.dataTransfer?.types.some((type) => type === "Files" || type === "text/plain")) event.preventDefault();
}

function dropped(element: TcpPlayground, event: DragEvent): void {
  const file = event.dataTransfer?.files[0];
  const text = event.dataTransfer?.getData("text/plain");
  if (!file && !text) return;
  event.preventDefault();
  if (element.hides("open") || element.refuses("open")) return;
  event.stopPropagation();
  if (file) void openFile(element, file);
  else if (text) take(element, "", text);
}

/** Files may be dropped anywhere on the element. */
export function acceptDrops(element: TcpPlayground): void {
  element.addEventListener("dragover", allow);
  element.addEventListener("drop", (event) => {
    if (event.dataTransfer?.files.length) dropped(element, event);
  });
}

async function openFile(element: TcpPlayground, file: File): Promise<void> {
  element.openDialog("open");
  if (file.size > SIZE_MAX) {
    await element.messages.load("tools");
    Object.assign(draftOf(element), { trouble: element.t("open-too-large"), report: undefined });
    element.requestUpdate();
    return;
  }
  take(element, file.name, await file.text());
}

function take(element: TcpPlayground, name: string, text: string): void {
  Object.assign(draftOf(element), { name, text, report: undefined, trouble: "" });
  element.openDialog("open");
  void open(element);
}

async function open(element: TcpPlayground): Promise<void> {
  const draft = draftOf(element);
  const { text, dialect, policy } = draft;
  if (RUN_BEGINS.test(text)) {
    close(element);
    await element.openRun({ kind: "text", text });
    return;
  }
  draft.busy = true;
  element.requestUpdate();
  await element.messages.load("tools");
  try {
    const [run, result] = await withTools(element.getAttribute("wasm-src"), (tools) => {
      const outcome = tools.packetdrill(text, dialect, policy);
      const copied: [string | undefined, Report] = [outcome.run, copy(outcome)];
      outcome.free();
      return copied;
    });
    draft.report = result;
    const opened = run !== undefined && (await element.openRun({ kind: "text", text: run }));
    if (opened && result.passed && result.failures.length === 0) {
      close(element);
      element.say(`${element.t("script-holds")} ${element.t("script-packets", { packets: result.packets })}`);
    }
  } catch (error) {
    draft.trouble = wordsFor(element, error);
  }
  draft.busy = false;
  element.requestUpdate();
}

function copy(outcome: import("./engine.js").Outcome): Report {
  const { passed, differs, dialect, policy, packets } = outcome;
  const failures = outcome.failures.map((failure: Failure): Found => {
    const { kind, line, column, message, wanted, found, expected, actual, reason, log } = failure;
    failure.free();
    return { kind, line, column, message, wanted, found, expected, actual, reason, log };
  });
  return { passed, playable: outcome.run !== undefined, differs, dialect, policy, packets, failures };
}

function close(element: TcpPlayground): void {
  element.renderRoot.querySelector<HTMLDialogElement>("dialog[data-dialog=open]")?.close();
}

/** Goes to where the script failed; the report stays at hand. */
function look(element: TcpPlayground): void {
  close(element);
  element.host.command((player) => {
    const failed = player.chapters().find(({ name }) => name === FAILED);
    if (failed) player.seek(failed.time_us);
  });
  element.say(element.t("script-fails"), "wrong", {
    label: element.t("script-report"),
    run: () => {
      element.hush();
      element.openDialog("open");
    },
  });
}
