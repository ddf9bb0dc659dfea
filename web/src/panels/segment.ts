/** A segment to the bit: header picture, bytes and fields, each leading to the other two; the checksum worked out. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import type { ChecksumWorking, Field, OptionDetail, SegmentDetail } from "../engine.js";

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");

export function segment(element: TcpPlayground, detail: SegmentDetail): TemplateResult {
  const { t } = element;
  // What is no TCP segment is a router's ICMP message.
  const inner = detail.options ? "tcp" : "icmp";
  const layer = element.layer === "ip" ? "ip" : inner;
  const fields = detail.fields.filter((field) => field.layer === layer);
  const picked = detail.fields.find((field) => field.id === element.field);
  return html`
    <section class="segment">
      <h3 id="header-title">${t("header")}</h3>
      <div class="layers" role="group" aria-label=${t("header")}>
        ${([inner, "ip"] as const).map(
          (id) =>
            html`<button
              aria-pressed=${layer === id}
              @click=${() => {
                element.layer = id === "ip" ? "ip" : "tcp";
                element.requestUpdate();
              }}
            >
              ${id.toUpperCase()}
            </button>`,
        )}
      </div>
      ${picture(element, fields, detail)}
      <p class="field-help" aria-live="off">
        ${picked ? html`<b>${fieldName(element, picked)}</b> ${t(`field-${picked.id}-help`)}` : html`<span class="quiet">${t("field-choose")}</span>`}
      </p>
      ${table(element, fields)} ${options(element, detail)}
      <h3 id="bytes-title">${t("bytes")}</h3>
      ${bytes(element, detail)}
      ${detail.checksum_working ? working(element, detail.checksum_working) : nothing}
    </section>
  `;
}

function choose(element: TcpPlayground, id: string): void {
  element.field = element.field === id ? undefined : id;
  element.host.command((player) => player.select_field(element.field));
  element.requestUpdate();
}

function fieldName(element: TcpPlayground, field: Field): string {
  return element.messages.maybe(`field-${field.id}`) ?? field.id;
}

function fieldValue(element: TcpPlayground, field: Field): string {
  if (!element.preferences.absolute && field.relative !== undefined) return String(field.relative);
  // Nobody reads a checksum as an amount.
  if (field.id.endsWith("checksum")) return `0x${hex(Number(field.value), 4)}`;
  return String(field.value);
}

/** The 32-bit-wide picture of the RFC. */
function picture(element: TcpPlayground, fields: readonly Field[], detail: SegmentDetail): TemplateResult {
  const start = element.layer === "tcp" ? detail.tcp_offset * 8 : 0;
  const cells = fields.filter((field) => field.bits > 0).flatMap((field) => rowsOf(field, start));
  return html`
    <div class="header-picture" role="group" aria-label=${element.t("header-picture")}>
      <div class="ruler" aria-hidden="true">${[0, 4, 8, 12, 16, 20, 24, 28, 31].map((bit) => html`<span style="grid-column:${bit + 1}">${bit}</span>`)}</div>
      <div class="cells">
        ${cells.map(
          ({ field, row, column, bits, first }) => html`
            <button
              style="grid-row:${row + 1};grid-column:${column + 1} / span ${bits}"
              class=${bits < 3 ? "narrow" : ""}
              data-field=${field.id}
              ?data-set=${bits === 1 && Number(field.value) === 1}
              aria-pressed=${element.field === field.id}
              title="${fieldName(element, field)}: ${fieldValue(element, field)}"
              tabindex=${first ? 0 : -1}
              @click=${() => choose(element, field.id)}
            >
              <span class="name">${cellName(element, field, bits)}</span>
              <span class="value">${bits < 3 ? String(field.value) : fieldValue(element, field)}</span>
            </button>
          `,
        )}
      </div>
    </div>
  `;
}

/** What fits: a short name in a short field, and in the last of a row of bits none. */
function cellName(element: TcpPlayground, field: Field, bits: number): string {
  const short = bits < 6 ? element.messages.maybe(`field-${field.id}-short`) : undefined;
  return short ?? (bits < 3 ? "" : fieldName(element, field));
}

interface Cell {
  field: Field;
  row: number;
  column: number;
  bits: number;
  first: boolean;
}

/** A field that is longer than a row stands in several; of a long one only the first and last row are drawn. */
function rowsOf(field: Field, start: number): Cell[] {
  const cells: Cell[] = [];
  let [bit, left] = [field.bit - start, field.bits];
  while (left > 0 && cells.length < 10) {
    const column = bit % 32;
    const bits = Math.min(32 - column, left);
    cells.push({ field, row: Math.floor(bit / 32), column, bits, first: cells.length === 0 });
    bit += bits;
    left -= bits;
  }
  return cells;
}

function table(element: TcpPlayground, fields: readonly Field[]): TemplateResult {
  const { t } = element;
  return html`
    <table class="fields">
      <caption class="unseen">${t("header-fields")}</caption>
      <thead>
        <tr><th scope="col">${t("field")}</th><th scope="col">${t("value")}</th></tr>
      </thead>
      <tbody>
        ${fields.map(
          (field) => html`
            <tr data-field=${field.id} aria-selected=${element.field === field.id ? "true" : "false"}>
              <th scope="row"><button class="link" @click=${() => choose(element, field.id)}>${fieldName(element, field)}</button></th>
              <td>
                <span class="mono">${fieldValue(element, field)}</span>${
                  field.relative !== undefined
                    ? html` <span class="quiet">${element.preferences.absolute ? t("relative-is", { value: String(field.relative) }) : t("absolute-is", { value: String(field.value) })}</span>`
                    : nothing
                }
              </td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  `;
}

function options(element: TcpPlayground, detail: SegmentDetail): TemplateResult | typeof nothing {
  if (!detail.options?.length || element.layer !== "tcp") return nothing;
  const { t, messages } = element;
  return html`
    <h3>${t("options")}</h3>
    <ul class="options">
      ${detail.options.map((option) => {
        const help = messages.maybe(`option-${option.id}-help`);
        const args = Object.fromEntries(Object.entries(option.args).map(([name, value]) => [name, argument(value)]));
        return html`<li>
          <b>${messages.maybe(`option-${option.id}`, args) ?? t("option-unknown", { kind: String(option.kind) })}</b>
          ${option.malformed ? html`<span class="wrong">${t("option-malformed")}</span>` : nothing}
          ${octets(element, option, detail.bytes.slice(option.offset, option.offset + option.length))}
          ${help ? html`<p>${help}</p>` : nothing}
        </li>`;
      })}
    </ul>
  `;
}

/** An option's bytes by what they are: its kind, its length (which End and No-operation lack), the parts of its value. */
function octets(element: TcpPlayground, option: OptionDetail, all: Uint8Array): TemplateResult {
  const parts: [string, Uint8Array][] = [["option-kind", all.slice(0, 1)]];
  if (all.length > 1) parts.push(["option-length", all.slice(1, 2)]);
  const size = option.id === "timestamps" || option.id === "sack" ? 4 : Math.max(all.length - 2, 1);
  const names =
    option.id === "timestamps"
      ? ["option-tsval", "option-tsecr"]
      : option.id === "sack"
        ? ["option-left", "option-right"]
        : ["option-value"];
  for (let at = 2, part = 0; at < all.length; at += size, part += 1)
    parts.push([names[part % names.length] ?? "option-value", all.slice(at, at + size)]);
  return html`<span class="option-octets">
    ${parts.map(
      ([name, bytes]) =>
        html`<span><code>${[...bytes].map((byte) => hex(byte, 2)).join(" ")}</code> <small>${element.t(name)}</small></span>`,
    )}
  </span>`;
}

/** SACK's blocks are a list of edges; all else is plain. */
function argument(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.map(({ left, right }: { left: number; right: number }) => `${left}–${right}`).join(", ");
}

function bytes(element: TcpPlayground, detail: SegmentDetail): TemplateResult {
  const field = detail.fields.find(({ id }) => id === element.field);
  const from = field ? Math.floor(field.bit / 8) : -1;
  const to = field ? Math.ceil((field.bit + field.bits) / 8) : -1;
  const rows = Math.min(Math.ceil(detail.bytes.length / 8), 48);
  const owner = (at: number) => detail.fields.find(({ bit, bits }) => at * 8 < bit + bits && (at + 1) * 8 > bit);
  return html`
    <div class="hex" role="group" aria-label=${element.t("bytes")}>
      ${Array.from({ length: rows }, (_, row) => {
        const part = [...detail.bytes.slice(row * 8, row * 8 + 8)];
        return html`<div class="hex-row">
          <span class="offset">${hex(row * 8, 4)}</span>
          <span class="octets">${part.map((byte, index) => {
            const at = row * 8 + index;
            const region = at < detail.tcp_offset ? "ip" : at < detail.payload_offset ? "tcp" : "payload";
            return html`<span
              class=${at >= from && at < to ? "lit" : ""}
              data-region=${region}
              @click=${() => {
                const found = owner(at);
                if (!found) return;
                if (found.layer === "tcp" || found.layer === "ip") element.layer = found.layer;
                choose(element, found.id);
              }}
              >${hex(byte, 2)}</span
            >`;
          })}</span>
          <span class="ascii" aria-hidden="true">${part.map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : "·")).join("")}</span>
        </div>`;
      })}
      ${detail.bytes.length > rows * 8 ? html`<p class="quiet">${element.t("bytes-more", { count: detail.bytes.length - rows * 8 })}</p>` : nothing}
    </div>
  `;
}

function working(element: TcpPlayground, sum: ChecksumWorking): TemplateResult {
  const { t } = element;
  const parts = ["pseudo", "header", "options", "payload"] as const;
  return html`
    <details class="checksum" id="checksum">
      <summary>${t("checksum-working")} <span class=${sum.ok ? "right" : "wrong"}>${t(sum.ok ? "checksum-right" : "checksum-wrong")}</span></summary>
      <p>${t("checksum-how")}</p>
      ${parts.map((part) => {
        const words = sum.words.filter((word) => word.part === part);
        if (words.length === 0) return nothing;
        return html`<p class="words"><b>${t(`checksum-${part}`)}</b> <code>${words
          .slice(0, 40)
          .map((word) => hex(word.value, 4))
          .join(" ")}${words.length > 40 ? " …" : ""}</code></p>`;
      })}
      <dl>
        <dt>${t("checksum-sum")}</dt><dd><code>${hex(sum.sum, 5)}</code></dd>
        <dt>${t("checksum-folded")}</dt><dd><code>${hex(sum.folded, 4)}</code></dd>
        <dt>${t("checksum-complement")}</dt><dd><code>${hex(sum.complement, 4)}</code></dd>
        <dt>${t("checksum-stated")}</dt><dd><code>${hex(sum.stated, 4)}</code></dd>
      </dl>
    </details>
  `;
}
