/** The run as a link, as a line for a course page, as files. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import { fragmentOf } from "../link.js";
import { PARTS, type Part } from "../parts.js";
import { FORMS, handOut, save } from "../tools/save.js";

interface Shared {
  edition: number;
  link: string;
  frame: string;
}
const shared = new WeakMap<TcpPlayground, Shared>();

/** What a class may do with a part of the player. */
const ALLOWED = ["use", "lock", "hide"] as const;
type Allowed = (typeof ALLOWED)[number];
const classes = new WeakMap<TcpPlayground, Map<Part, Allowed>>();

/** At first what the page around this very player has said. */
function classOf(element: TcpPlayground): Map<Part, Allowed> {
  let chosen = classes.get(element);
  if (!chosen) {
    chosen = new Map(PARTS.map((part) => [part, element.hides(part) ? "hide" : element.locks(part) ? "lock" : "use"]));
    classes.set(element, chosen);
  }
  return chosen;
}
const chosenFor = (element: TcpPlayground, allowed: Allowed): Part[] =>
  PARTS.filter((part) => classOf(element).get(part) === allowed);

export function share(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const now = shared.get(element);
  if (now?.edition !== element.edition) void prepare(element);
  return html`
    <p>${t("share-help")}</p>
    ${forClass(element)} ${row(element, "share-link", now?.link ?? "")} ${row(element, "share-frame", now?.frame ?? "")}
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
  const query = new URLSearchParams({ lang: element.messages.language });
  for (const name of ["hide", "lock"] as const) {
    const parts = chosenFor(element, name);
    if (parts.length > 0) query.set(name, parts.join(","));
  }
  // Commas may stand in a query as they are, and people read these lines.
  const options = query.toString().replaceAll("%2C", ",");
  const restricted = query.has("hide") || query.has("lock");
  const title = element.title_.replace(/[<>&"]/g, "");
  const link = restricted ? `${page}embed.html?${options}${fragment}` : `${page}index.html${fragment}`;
  const source = untouched ? `?scenario=${scenario}&amp;` : "?";
  const frame = `<iframe src="${page}embed.html${source}${options.replace(/&/g, "&amp;")}${untouched ? "" : fragment}" title="${title}" width="100%" height="640" style="border:0" allow="fullscreen"></iframe>`;
  shared.set(element, { edition, link, frame });
  element.requestUpdate();
}

/** Which parts a class sees and may use; the link and the line for a course page carry it. */
function forClass(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const names = (parts: Part[]): string => parts.map((part) => t(`part-${part}`)).join("; ");
  const [hidden, locked] = [chosenFor(element, "hide"), chosenFor(element, "lock")];
  return html`
    <details class="class" ?open=${hidden.length + locked.length > 0}>
      <summary>${t("share-class")}</summary>
      <p class="quiet">${t("share-class-help")}</p>
      <div class="parts">
        ${PARTS.map(
          (part) => html`
            <label
              ><span>${t(`part-${part}`)}</span
              ><select
                name=${`part-${part}`}
                aria-label=${t(`part-${part}`)}
                @change=${(event: Event) => {
                  classOf(element).set(part, (event.target as HTMLSelectElement).value as Allowed);
                  void prepare(element);
                }}
              >
                ${ALLOWED.map((allowed) => html`<option value=${allowed} ?selected=${classOf(element).get(part) === allowed}>${t(`part-may-${allowed}`)}</option>`)}
              </select></label
            >
          `,
        )}
      </div>
    </details>
    <p class="quiet preview" role="status">
      ${hidden.length + locked.length === 0 ? t("share-class-all") : nothing}
      ${hidden.length > 0 ? t("share-class-hidden", { parts: names(hidden) }) : nothing}
      ${locked.length > 0 ? t("share-class-locked", { parts: names(locked) }) : nothing}
    </p>
  `;
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
