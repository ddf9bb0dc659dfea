/** An action with values of the reader's own: ports, amounts, options, times. */
import { html, nothing, type TemplateResult } from "lit";
import { act } from "../commands.js";
import type { TcpPlayground } from "../element.js";
import type { Action, ActionOffer, Place, RecordId } from "../engine.js";
import { refusal } from "../refusal.js";

type Field =
  | { name: string; type: "whole" | "milliseconds" | "text" | "flag" }
  | { name: string; type: "choice"; choices: readonly string[]; words?: (choice: string) => string };

const whole = (name: string): Field => ({ name, type: "whole" });
const OPTIONS = [
  "no-delay",
  "keep-alive",
  "linger",
  "user-timeout",
  "reuse-address",
  "receive-buffer",
  "send-buffer",
  "mss",
];
const DIRECTION: Field = {
  name: "direction",
  type: "choice",
  choices: ["both", "a-to-b", "b-to-a"],
  words: (choice) => `scope-${choice}`,
};

/** ICMP's words for why something cannot be reached. */
const ERROR: Field = { name: "error", type: "choice", choices: ["host", "network", "port", "protocol", "prohibited"] };

/** What can be said of each kind of action beyond its being done. */
const FIELDS: Partial<Record<Action["kind"], readonly Field[]>> = {
  listen: [whole("port"), whole("backlog")],
  "open-passive": [whole("port")],
  connect: [whole("port"), whole("local_port")],
  send: [
    { name: "text", type: "text" },
    whole("bytes"),
    { name: "push", type: "flag" },
    { name: "urgent", type: "flag" },
    { name: "more", type: "flag" },
  ],
  receive: [whole("bytes")],
  option: [
    { name: "name", type: "choice", choices: OPTIONS },
    { name: "value", type: "text" },
  ],
  cut: [DIRECTION],
  heal: [DIRECTION],
  firewall: [
    { name: "mode", type: "choice", choices: ["reject", "drop", "off"], words: (mode) => `firewall-${mode}` },
    ERROR,
  ],
  unreachable: [ERROR],
  sample: [whole("port")],
  flood: [whole("port"), whole("times"), { name: "every_us", type: "milliseconds" }],
  delay: [{ name: "by_us", type: "milliseconds" }],
  duplicate: [{ name: "by_us", type: "milliseconds" }],
  corrupt: [whole("bit")],
};

interface Form {
  subject: Exclude<Place, "attacker"> | RecordId;
  chosen: number;
}
const forms = new WeakMap<TcpPlayground, Form>();

export function openActForm(element: TcpPlayground, subject: Form["subject"]): void {
  forms.set(element, { subject, chosen: 0 });
  element.openDialog("act");
}

/** Whether anything among these offers takes values. */
export const takesValues = (offer: ActionOffer): boolean => FIELDS[offer.kind] !== undefined;

export function actForm(element: TcpPlayground): TemplateResult {
  const { t, messages } = element;
  const form = forms.get(element) ?? { subject: "A", chosen: 0 };
  const { subject } = form;
  const all = element.host
    .read((player) => (typeof subject === "number" ? player.segment_actions(subject) : player.actions(subject)), [])
    .filter(takesValues);
  // What can be done comes first, as in the menus.
  const offers = [...all.filter(({ allowed }) => allowed), ...all.filter(({ allowed }) => !allowed)];
  const offer = offers[form.chosen] ?? offers[0];
  if (!offer) return html`<p>${t("act-nothing")}</p>`;
  const fields = FIELDS[offer.kind] ?? [];
  const why = offer.allowed ? undefined : refusal(element, offer.why_not ?? "unsuitable");
  const label = ({ kind, socket, action }: ActionOffer): string =>
    [
      messages.maybe(`act-${kind}`) ?? kind,
      "to" in action ? t(`place-${action.to.toLowerCase()}`) : "",
      socket === undefined ? "" : t("of-socket", { socket }),
    ].join(" ");
  return html`
    <p class="quiet">${t("act-help")}</p>
    <form class="segment-form" novalidate @submit=${(event: SubmitEvent) => submit(element, event, offer, why)}>
      <label
        ><span>${t("act-what")}</span
        ><select
          aria-label=${t("act-what")}
          @change=${(event: Event) => {
            forms.set(element, { subject, chosen: (event.target as HTMLSelectElement).selectedIndex });
            element.requestUpdate();
          }}
        >
          ${offers.map((one) => html`<option ?selected=${one === offer}>${label(one)}</option>`)}
        </select></label
      >
      ${fields.map((field) => control(element, field, offer.action as unknown as Record<string, unknown>))}
      ${why ? html`<p class="wrong" id="act-why">${why}</p>` : nothing}
      <p class="actions">
        <button class="primary" aria-disabled=${why ? "true" : nothing} aria-describedby=${why ? "act-why" : nothing}>${t("act-go")}</button>
      </p>
    </form>
  `;
}

function control(element: TcpPlayground, field: Field, action: Record<string, unknown>): TemplateResult {
  const { t } = element;
  const { name, type } = field;
  const label = t(`form-${name.replace("_us", "").replace("_", "-")}`);
  const value = action[name];
  if (type === "flag")
    return html`<label class="switch"><input type="checkbox" name=${name} .checked=${name === "push"} /><span>${label}</span></label>`;
  if (type === "choice")
    return html`<label
      ><span>${label}</span
      ><select name=${name} aria-label=${label}>
        ${field.choices.map((choice) => html`<option value=${choice}>${field.words ? t(field.words(choice)) : choice}</option>`)}
      </select></label
    >`;
  const shown = type === "milliseconds" ? Number(value ?? 0) / 1000 : (value ?? "");
  return html`<label
    ><span>${label}</span
    ><input name=${name} class="mono" inputmode=${type === "text" ? "text" : "numeric"} autocomplete="off" .value=${String(shown)} placeholder=${t("form-none")}
  /></label>`;
}

function submit(element: TcpPlayground, event: SubmitEvent, offer: ActionOffer, why: string | undefined): void {
  event.preventDefault();
  if (why) {
    element.say(why, "wrong");
    return;
  }
  const data = new FormData(event.target as HTMLFormElement);
  const action: Record<string, unknown> = { ...offer.action };
  for (const { name, type } of FIELDS[offer.kind] ?? []) {
    const text = String(data.get(name) ?? "").trim();
    if (type === "flag") action[name] = data.has(name);
    else if (text === "") delete action[name];
    else if (type === "whole") action[name] = Number(text);
    else if (type === "milliseconds") action[name] = Math.round(Number(text) * 1000);
    else action[name] = text;
  }
  // A text instead of so many bytes.
  if (action.text !== undefined) delete action.bytes;
  if (act(element, action as unknown as Action)) element.renderRoot.querySelector<HTMLDialogElement>("dialog")?.close();
}
