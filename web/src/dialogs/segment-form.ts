/** The fields of a segment to change on its way, or to forge out of nowhere. */
import { html, type TemplateResult } from "lit";
import { act } from "../commands.js";
import type { TcpPlayground } from "../element.js";
import type { Action, HostId, SegmentEdit } from "../engine.js";

const FLAGS = ["S", ".", "F", "R", "P", "U"] as const;
const NAMES: Record<string, string> = { S: "SYN", ".": "ACK", F: "FIN", R: "RST", P: "PSH", U: "URG" };
const NUMBERS = ["source_port", "destination_port", "seq", "ack", "window"] as const;

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
          html`<label><span>${t(`form-${name.replace("_", "-")}`)}</span><input name=${name} inputmode="numeric" pattern="[0-9]*" class="mono" .value=${String(defaults[name] ?? "")} placeholder=${t("form-plausible")} /></label>`,
      )}
      <label><span>${t("form-payload")}</span><input name="payload" class="mono" placeholder=${segment ? t("form-unchanged") : t("form-none")} /></label>
      <p class="actions"><button class="primary">${t(segment ? "edit-go" : "forge-go")}</button></p>
    </form>
  `;
}

function submit(element: TcpPlayground, event: SubmitEvent, id: number | undefined): void {
  event.preventDefault();
  const data = new FormData(event.target as HTMLFormElement);
  const edit: SegmentEdit = { flags: data.getAll("flag").join("") };
  for (const name of NUMBERS) {
    const text = String(data.get(name) ?? "").trim();
    if (text !== "") edit[name] = Number(text);
  }
  const payload = String(data.get("payload") ?? "");
  if (payload) edit.payload = payload;
  const action = (
    id === undefined ? { kind: "inject", to: data.get("to") as HostId, ...edit } : { kind: "edit", id, ...edit }
  ) as Action;
  if (act(element, action)) element.renderRoot.querySelector<HTMLDialogElement>("dialog")?.close();
}
