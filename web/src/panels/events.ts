/** The text twin: the run as a list in step with the picture. */
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { TcpPlayground } from "../element.js";
import type { Row } from "../engine.js";
import { rowText } from "../rows.js";

/** So many rows around the present are in the document; the rest is a page away. */
const ROWS = 80;
/** The piece moves on in strides, so that most steps change few lines. */
const STRIDE = 20;

let copied = 0;

export function events(element: TcpPlayground): TemplateResult {
  const { t, player } = element;
  if (!player) return html``;
  const now = player.records_now;
  const total = player.record_count;
  const wish = Math.min(now - Math.floor(ROWS * 0.6), total - ROWS);
  const from = Math.max(0, Math.ceil(wish / STRIDE) * STRIDE);
  const rows = element.host.read((p) => p.outline(from, Math.min(ROWS, total - from)), []);
  queueMicrotask(() => keepInView(element));
  return html`
    <div class="twin">
      <p class="twin-head">
        <button @click=${() => void copy(element)}>${t(copied === element.edition ? "copied" : "copy-list")}</button>
        <span class="quiet">${t("records-so-far", { now, total })}</span>
      </p>
      ${from > 0 ? html`<p class="quiet">${t("rows-before", { count: from })}</p>` : nothing}
      ${total === 0 ? html`<p class="quiet empty-panel">${t("no-events")}</p>` : nothing}
      <ol start=${from + 1} style="--time:${timeWidth(element, rows)}" aria-label=${t("tab-events")}>
        ${repeat(
          rows,
          // A line keeps its place in the document when the piece moves on: only the new ones are laid out.
          (row) => row.id,
          (row) => line(element, row, row.id < now, row.event === player.event_index && row.id < now),
        )}
      </ol>
      ${from + rows.length < total ? html`<p class="quiet">${t("rows-after", { count: total - from - rows.length })}</p>` : nothing}
    </div>
  `;
}

/** How many places the longest time of these lines takes: virtual time only grows. Hangul is wider than a digit. */
function timeWidth(element: TcpPlayground, rows: readonly Row[]): number {
  const text = element.messages.time(rows.at(-1)?.time_us ?? 0);
  return Math.max(text.length + text.replace(/[^\u1100-\uffff]/g, "").length * 0.7, 7);
}

function line(element: TcpPlayground, row: Row, past: boolean, present: boolean): TemplateResult {
  const selected = element.player?.selected === row.id;
  return html`
    <li
      data-kind=${row.kind}
      data-place=${row.place}
      data-id=${row.id}
      class=${past ? "past" : "future"}
      aria-current=${present ? "step" : nothing}
    >
      <button
        aria-pressed=${selected}
        @click=${() => {
          if (!past && (element.hides("seek") || element.refuses("seek"))) return;
          if (!past) element.host.command((player) => player.seek_record(row.id));
          element.select(row.id);
        }}
        @pointerenter=${() => element.host.command((player) => player.hover(row.id))}
        @pointerleave=${() => element.host.command((player) => player.hover(undefined))}
      >
        <span class="time">${element.messages.time(row.time_us)}</span>
        <span class="what">${rowText(element, row)}</span>
      </button>
    </li>
  `;
}

/** The event each list was last scrolled to. */
const shown = new WeakMap<Element, number>();

/** Scrolls the list, never the page, and only when the present has moved: whoever reads further up is left alone. */
function keepInView(element: TcpPlayground): void {
  const panel = element.renderRoot.querySelector<HTMLElement>(".panel[data-tab=events]");
  const list = panel?.querySelector("ol");
  const event = element.player?.event_index;
  if (!list || event === undefined || shown.get(list) === event) return;
  shown.set(list, event);
  const present = [...(panel?.querySelectorAll<HTMLElement>('[aria-current="step"]') ?? [])].at(-1);
  if (!panel || !present || panel.scrollHeight <= panel.clientHeight + 1) return;
  const [outer, inner] = [panel.getBoundingClientRect(), present.getBoundingClientRect()];
  if (inner.top < outer.top + 56 || inner.bottom > outer.bottom - 24)
    panel.scrollTop += inner.top - outer.top - outer.height / 2;
}

async function copy(element: TcpPlayground): Promise<void> {
  const rows = element.host.read((player) => player.outline(0, player.record_count), []);
  const text = rows
    .map((row) => `${element.messages.time(row.time_us)}\t${row.place}\t${rowText(element, row)}`)
    .join("\n")
    .replaceAll("\u00a0", " ");
  try {
    await navigator.clipboard.writeText(text);
    copied = element.edition;
    element.requestUpdate();
  } catch {
    element.say(element.t("copy-refused"), "wrong");
  }
}
