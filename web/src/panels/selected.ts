/** One record: what it is, why it came, and for a segment every bit of it. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import type { Detail, Judgement, RecordId, Row } from "../engine.js";
import { prose } from "../prose.js";
import { reasonText, rowText } from "../rows.js";
import { cite } from "./cite.js";
import { segment } from "./segment.js";

export function selected(element: TcpPlayground): TemplateResult {
  const { t, player } = element;
  const id = player?.selected;
  if (id === undefined) return html`<p class="quiet empty-panel">${t("nothing-selected")}</p>`;
  const detail = element.host.read<Detail | undefined>((p) => p.record(id), undefined);
  if (!detail) return html`<p class="quiet empty-panel">${t("nothing-selected")}</p>`;
  element.messages.want("reasons");
  const isSegment = detail.segment !== undefined;
  return html`
    <article class="selected">
      <p class="when">
        <span class="who" data-place=${detail.place}>${t(`place-${detail.place.toLowerCase()}`)}</span>
        <span class="time">${element.messages.time(detail.time_us)}</span>
        ${related(element, detail)}
      </p>
      <h2>${prose(rowText(element, detail))}</h2>
      ${isSegment ? actions(element, detail) : nothing}
      ${why(element, detail)} ${judgements(element, "sent-because", sentBecause(detail))}
      ${judgements(element, "receiver-decided", detail.judged)} ${led(element, detail)}
      ${detail.segment ? segment(element, detail.segment) : nothing}
    </article>
  `;
}

function related(element: TcpPlayground, detail: Detail): TemplateResult {
  const links: [string, RecordId][] = [];
  if (detail.send !== undefined && detail.send !== detail.id) links.push(["its-sending", detail.send]);
  if (detail.outcome !== undefined && detail.outcome !== detail.id) links.push(["its-outcome", detail.outcome]);
  if (detail.original !== undefined && detail.original !== detail.id) links.push(["its-original", detail.original]);
  for (const again of detail.retransmissions) links.push(["its-retransmission", again]);
  return html`${links.map(([label, id]) => html`<button class="link" @click=${() => element.select(id)}>${element.t(label)}</button>`)}`;
}

/** What stands far below, under its label. */
const PARTS = [
  ["header-title", "header"],
  ["bytes-title", "bytes"],
  ["checksum", "field-checksum"],
] as const;

function goTo(element: TcpPlayground, part: string): void {
  const target = element.renderRoot.querySelector<HTMLElement>(`#${part}`);
  if (target instanceof HTMLDetailsElement) target.open = true;
  const panel = target?.closest(".panel");
  // Where the panel does not scroll in itself it is the page that does, as for any link within it.
  if (!target || !panel || panel.scrollHeight <= panel.clientHeight + 1) target?.scrollIntoView({ block: "start" });
  else panel.scrollTop += target.getBoundingClientRect().top - panel.getBoundingClientRect().top - 8;
}

function actions(element: TcpPlayground, detail: Detail): TemplateResult {
  const id = detail.send ?? detail.id;
  // A router's message has no checksum of TCP's to be worked out.
  const parts = PARTS.filter(([part]) => part !== "checksum" || detail.segment?.checksum_working);
  return html`<p class="do">
    <button
      aria-haspopup="menu"
      @click=${(event: MouseEvent) => {
        const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
        element.openMenu({ kind: "segment", id, x: box.left, y: box.bottom + 4 });
      }}
    >
      ${element.t("segment-actions")}
    </button>
    <span class="parts">${parts.map(([part, label]) => html`<button class="link" @click=${() => goTo(element, part)}>${element.t(label)}</button>`)}</span>
  </p>`;
}

/** From the record back to what a person or the scenario did. */
function why(element: TcpPlayground, detail: Detail): TemplateResult {
  const { t } = element;
  const chain = element.host.read((player) => player.why(detail.id), []);
  return html`
    <section class="why">
      <h3>${t("why")}</h3>
      <ol>
        ${chain.map((row, index) => link(element, row, index, chain[index + 1]?.reason === row.reason))}
      </ol>
      ${chain.length > 1 ? nothing : html`<p class="quiet">${t("why-root")}</p>`}
    </section>
  `;
}

/** `repeats`: the next link says the same, so that here a timer may say what it is for. */
function link(element: TcpPlayground, row: Row, index: number, repeats: boolean): TemplateResult {
  const purpose = row.kind === "timer-set" && repeats ? element.messages.maybe(`timer-${row.key}-help`) : undefined;
  const reason = purpose ?? reasonText(element, row.reason);
  return html`
    <li data-kind=${row.kind}>
      <p class="step">
        <span class="time">${element.messages.time(row.time_us)}</span>
        ${index > 0 ? html`<span class="because">${element.t("because")}</span>` : nothing}
        <button class="link" @click=${() => element.select(row.id)}>${prose(rowText(element, row))}</button>
      </p>
      ${reason ? html`<p class="reason">${prose(reason)} ${purpose ? nothing : cite(element, row)}</p>` : nothing}
    </li>
  `;
}

/** The reason of a sending stands first under «why» already. */
function sentBecause(detail: Detail): readonly Judgement[] {
  const { kind, reason, sent_because: all } = detail;
  return kind === "send" && all.length === 1 && all[0]?.reason === reason ? [] : all;
}

function judgements(element: TcpPlayground, title: string, all: readonly Judgement[]): TemplateResult | typeof nothing {
  if (all.length === 0) return nothing;
  return html`
    <section class="judged">
      <h3>${element.t(title)}</h3>
      <ol>
        ${all.map((one) => html`<li><p class="reason">${prose(reasonText(element, one.reason) ?? "")} ${cite(element, one)}</p></li>`)}
      </ol>
    </section>
  `;
}

function led(element: TcpPlayground, detail: Detail): TemplateResult | typeof nothing {
  if (detail.effects.length === 0) return nothing;
  const rows = detail.effects.slice(0, 12).flatMap((id) => element.host.read((player) => player.outline(id, 1), []));
  return html`
    <section class="effects">
      <h3>${element.t("led-to")}</h3>
      <ul>
        ${rows.map((row) => html`<li><button class="link" @click=${() => element.select(row.id)}>${rowText(element, row)}</button></li>`)}
      </ul>
    </section>
  `;
}
