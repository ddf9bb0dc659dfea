/** The run as a link, as a line for a course page, as files. */
import { html, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import { fragmentOf } from "../link.js";
import { FORMS, handOut, save } from "../tools/save.js";

interface Shared {
  edition: number;
  link: string;
  frame: string;
}
const shared = new WeakMap<TcpPlayground, Shared>();

export function share(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const now = shared.get(element);
  if (now?.edition !== element.edition) void prepare(element);
  return html`
    <p>${t("share-help")}</p>
    ${row(element, "share-link", now?.link ?? "")} ${row(element, "share-frame", now?.frame ?? "")}
    <h3>${t("save-as")}</h3>
    <p class="do">
      <button @click=${() =>
        handOut(
          element,
          "run.txt",
          "text/plain",
          element.host.read((player) => player.run_text(), ""),
        )}>${t("save-run")}</button>
      ${FORMS.map((form) => html`<button @click=${() => void save(element, form)}>${t(`save-${form}`)}</button>`)}
    </p>
    <p class="quiet">${t("trace-hash", { hash: element.host.read((player) => player.trace_hash(), "") })}</p>
  `;
}

/** The address of the page that opens links: the gallery, beside the frame page. */
async function prepare(element: TcpPlayground): Promise<void> {
  const edition = element.edition;
  const text = element.host.read((player) => player.share_text(), "");
  const fragment = await fragmentOf(text);
  const page = new URL(".", import.meta.url).href;
  const scenario = element.player?.scenario_id;
  const untouched = scenario && !element.player?.can_undo;
  const query = `?${untouched ? `scenario=${scenario}&` : ""}lang=${element.messages.language}`;
  const title = element.title_.replace(/[<>&"]/g, "");
  const link = `${page}index.html${fragment}`;
  const frame = `<iframe src="${page}embed.html${query.replace(/&/g, "&amp;")}${untouched ? "" : fragment}" title="${title}" width="100%" height="640" style="border:0" allow="fullscreen"></iframe>`;
  shared.set(element, { edition, link, frame });
  element.requestUpdate();
}

function row(element: TcpPlayground, id: string, value: string): TemplateResult {
  return html`
    <label class="share-row">
      <span>${element.t(id)}</span>
      <textarea readonly rows="3" .value=${value} @focus=${(event: FocusEvent) => (event.target as HTMLTextAreaElement).select()}></textarea>
      <button
        @click=${async (event: MouseEvent) => {
          event.preventDefault();
          try {
            await navigator.clipboard.writeText(value);
            element.say(element.t("copied"));
          } catch {
            (event.target as HTMLElement).closest("label")?.querySelector("textarea")?.focus();
          }
        }}
      >
        ${element.t("copy")}
      </button>
    </label>
  `;
}
