/** The fields of a segment to change on its way, or to forge out of nowhere. */
import { html, type TemplateResult } from "lit";
import { act } from "../commands.js";
import type { TcpPlayground } from "../element.js";
import type { Action, HostId } from "../engine.js";

const FLAGS = ["S", ".", "F", "R", "P", "U"] as const;
const NAMES: Record<string, string> = { S: "SYN", ".": "ACK", F: "FIN", R: "RST", P: "PSH", U: "URG" };
const NUMBERS = ["source_port", "destination_port", "seq", "ack", "window"] as const;
/** A series: how many, how far apart, and by how much a field grows each time. */
const STEPS = ["seq_step", "ack_step", "port_step"] as const;
/** A forged number may count from the ISN that the attacker saw last. */
const DIGITS = "[0-9]*";
const DIGITS_OR_ISN = "[0-9]*|isn([+\\-][0-9]+)?";

export function segmentForm(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const id = element.dialogSubject;
  const segment = id === undefined ? undefined : element.host.read((player) => player.record(id).segment, undefined);
  const defaults: Record<string, number | string | undefined> = segment
    ? {
        source_port: segment.source_port,
        destination_port: segment.destination_port,
        seq: segment.seq,
        ack: segment.ack,
        window: segment.window,
        flags: segment.flags,
      }
    : { flags: "R" };
  return html`
    <p>${t(segment ? "edit-help" : "forge-help")}</p>
    <form class="segment-form" @submit=${(event: SubmitEvent) => submit(element, event, id)}>
      ${
        segment
          ? ""
          : html`<label><span>${t("forge-to")}</span><select name="to" aria-label=${t("forge-to")}><option value="A">${t("place-a")}</option><option value="B">${t("place-b")}</option></select></label>`
      }
      <fieldset>
        <legend>${t("field-flags")}</legend>
        ${FLAGS.map(
          (flag) =>
            html`<label class="switch"><input type="checkbox" name="flag" value=${flag} .checked=${String(defaults.flags).includes(flag)} /><span>${NAMES[flag]}</span></label>`,
        )}
      </fieldset>
      ${NUMBERS.map(
        (name) =>
          html`<label><span>${t(`form-${name.replace("_", "-")}`)}</span><input name=${name} inputmode=${countable(name, segment) ? "text" : "numeric"} autocomplete="off" autocapitalize="off" pattern=${countable(name, segment) ? DIGITS_OR_ISN : DIGITS} class="mono" .value=${String(defaults[name] ?? "")} placeholder=${t("form-plausible")} /></label>`,
      )}
      <label><span>${t("form-payload")}</span><input name="payload" class="mono" placeholder=${segment ? t("form-unchanged") : t("form-none")} /></label>
      ${segment ? "" : series(element)}
      <p class="actions"><button class="primary">${t(segment ? "edit-go" : "forge-go")}</button></p>
    </form>
  `;
}

const countable = (name: string, segment: unknown): boolean => !segment && (name === "seq" || name === "ack");

/** The same segment again and again: once is no series. */
function series(element: TcpPlayground): TemplateResult {
  const { t } = element;
  return html`
    <details class="series">
      <summary>${t("forge-series")}</summary>
      <p class="quiet" id="series-help">${t("forge-series-help")}</p>
      <div class="segment-form">
        <label><span>${t("form-times")}</span><input name="times" type="number" min="1" max="10000" step="1" class="mono" value="1" aria-describedby="series-help" /></label>
        <label><span>${t("form-every")}</span><input name="every" type="number" min="0" step="any" class="mono" value="10" /></label>
        ${STEPS.map(
          (name) =>
            html`<label><span>${t(`form-${name.replace("_", "-")}`)}</span><input name=${name} inputmode="numeric" autocomplete="off" pattern=${DIGITS} class="mono" value="0" /></label>`,
        )}
      </div>
    </details>
  `;
}

function submit(element: TcpPlayground, event: SubmitEvent, id: number | undefined): void {
  event.preventDefault();
  const data = new FormData(event.target as HTMLFormElement);
  const edit: Record<string, string | number> = { flags: data.getAll("flag").join("") };
  const said = (name: string): string => String(data.get(name) ?? "").trim();
  for (const name of NUMBERS) {
    const text = said(name);
    if (text !== "") edit[name] = text.startsWith("isn") ? text : Number(text);
  }
  const payload = String(data.get("payload") ?? "");
  if (payload) edit.payload = payload;
  if (act(element, actionOf(id, said, edit))) element.renderRoot.querySelector<HTMLDialogElement>("dialog")?.close();
}

function actionOf(
  id: number | undefined,
  said: (name: string) => string,
  edit: Record<string, string | number>,
): Action {
  if (id !== undefined) return { kind: "edit", id, ...edit };
  const to = said("to") as HostId;
  const times = Number(said("times"));
  if (times <= 1) return { kind: "inject", to, ...edit };
  const steps = Object.fromEntries(STEPS.map((name) => [name, Number(said(name))]));
  return { kind: "sweep", to, ...edit, times, every_us: Math.round(Number(said("every")) * 1000), ...steps };
}
