/** What the reader prefers, and every setting of hosts and link, from the engine's own table. */
import { html, nothing, type TemplateResult } from "lit";
import { act } from "../commands.js";
import type { TcpPlayground } from "../element.js";
import type { Action, SettingRow } from "../engine.js";

type Scope = "A" | "B" | "a-to-b" | "b-to-a";
const scopes = new WeakMap<TcpPlayground, Scope>();
/** What the reader looks for among the settings. */
const wanted = new WeakMap<TcpPlayground, string>();

export function settings(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const scope = scopes.get(element) ?? "A";
  return html`
    <h3>${t("your-view")}</h3>
    <div class="switches">
      ${preference(element, "absolute", "absolute")} ${preference(element, "kernelNames", "kernel-names")}
      ${preference(element, "timers", "show-timers")} ${preference(element, "fold", "fold-idle")}
      ${preference(element, "speaks", "speak-steps")} ${preference(element, "singles", "single-keys")}
      <label class="switch"
        ><input
          type="checkbox"
          .checked=${element.still}
          @change=${(event: Event) => element.prefer({ storyboard: (event.target as HTMLInputElement).checked })}
        /><span>${t("storyboard")}</span></label
      >
    </div>
    <h3>${t("world")}</h3>
    <p class="quiet">${t("world-help")}</p>
    <div class="layers" role="group" aria-label=${t("world")}>
      ${(["A", "B", "a-to-b", "b-to-a"] as const).map(
        (id) => html`<button
          aria-pressed=${scope === id}
          @click=${() => {
            scopes.set(element, id);
            element.requestUpdate();
          }}
        >
          ${t(`scope-${id.toLowerCase()}`)}
        </button>`,
      )}
    </div>
    <label class="find"
      ><span class="unseen">${t("find-setting")}</span
      ><input
        type="search"
        placeholder=${t("find-setting")}
        .value=${wanted.get(element) ?? ""}
        @input=${(event: Event) => {
          wanted.set(element, (event.target as HTMLInputElement).value);
          element.requestUpdate();
        }}
    /></label>
    <table class="settings">
      <tbody>
        ${rows(element, scope).map((row) => settingRow(element, row, scope))}
      </tbody>
    </table>
    ${rows(element, scope).length === 0 ? html`<p class="quiet">${t("no-such-setting")}</p>` : nothing}
  `;
}

/** The settings of a host or a direction in whose name, words or help is what the reader looks for. */
function rows(element: TcpPlayground, scope: Scope): SettingRow[] {
  const words = (wanted.get(element) ?? "").trim().toLowerCase();
  const told = ({ name }: SettingRow): string =>
    [name, element.messages.maybe(`setting-${name}`), element.messages.maybe(`setting-${name}-help`)].join(" ");
  return table(element).filter(
    (row) => (row.scope === "host") === (scope.length === 1) && told(row).toLowerCase().includes(words),
  );
}

function table(element: TcpPlayground): SettingRow[] {
  return element.host.read(() => element.host.instance?.engine.settings_table() ?? [], []);
}

function preference(
  element: TcpPlayground,
  name: "absolute" | "kernelNames" | "timers" | "fold" | "speaks" | "singles",
  label: string,
): TemplateResult {
  return html`<label class="switch"
    ><input
      type="checkbox"
      .checked=${element.preferences[name]}
      @change=${(event: Event) => element.prefer({ [name]: (event.target as HTMLInputElement).checked })}
    /><span>${element.t(label)}</span></label
  >`;
}

function current(element: TcpPlayground, row: SettingRow, scope: Scope): string {
  if (scope.length === 1) {
    const host = element.host.read((player) => player.hosts(), []).find((table) => table.host === scope);
    return host?.settings[row.name] ?? row.default;
  }
  const link = element.host.read((player) => player.link(), undefined);
  return link?.settings[scope === "a-to-b" ? "a_to_b" : "b_to_a"][row.name] ?? row.default;
}

function settingRow(element: TcpPlayground, row: SettingRow, scope: Scope): TemplateResult {
  const { messages } = element;
  const value = current(element, row, scope);
  const change = (next: string): void => {
    if (next === value) return;
    const action = (
      scope.length === 1
        ? { kind: "set", host: scope, name: row.name, value: next }
        : { kind: "link", direction: scope, name: row.name, value: next }
    ) as Action;
    act(element, action);
    element.requestUpdate();
  };
  const id = `setting-${row.name}`;
  const help = messages.maybe(`setting-${row.name}-help`);
  return html`
    <tr data-changed=${value !== row.default}>
      <th scope="row"><label for=${id}>${messages.maybe(`setting-${row.name}`) ?? row.name}</label>${help ? html`<small>${help}</small>` : nothing}</th>
      <td>${control(element, row, id, value, change)}</td>
    </tr>
  `;
}

function control(
  element: TcpPlayground,
  row: SettingRow,
  id: string,
  value: string,
  change: (value: string) => void,
): TemplateResult {
  if (row.type === "flag") {
    const on = value === "on" || value === "true";
    const words = row.default === "true" || row.default === "false" ? ["true", "false"] : ["on", "off"];
    return html`<input
      type="checkbox"
      id=${id}
      .checked=${on}
      @change=${(event: Event) => change((event.target as HTMLInputElement).checked ? (words[0] ?? "on") : (words[1] ?? "off"))}
    />`;
  }
  if (row.type === "choice") {
    return html`<select id=${id} @change=${(event: Event) => change((event.target as HTMLSelectElement).value)}>
      ${row.choices.map((choice) => html`<option value=${choice} ?selected=${choice === value}>${element.messages.maybe(`choice-${row.name}-${choice}`) ?? choice}</option>`)}
    </select>`;
  }
  const list = `${id}-choices`;
  return html`${row.choices.length ? html`<datalist id=${list}>${row.choices.map((choice) => html`<option value=${choice}></option>`)}</datalist>` : nothing}<input id=${id} class="mono" list=${row.choices.length ? list : nothing} .value=${value} size="12" spellcheck="false" @change=${(event: Event) => change((event.target as HTMLInputElement).value.trim())} />`;
}
