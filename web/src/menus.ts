/** Menus: what can be done at a host, to a segment, and with the player. What cannot be done says why. */
import { html, nothing, type TemplateResult } from "lit";
import { act, fullScreenPossible, perform } from "./commands.js";
import { openActForm } from "./dialogs/act-form.js";
import type { DialogName, TcpPlayground } from "./element.js";
import type { Action, ActionOffer } from "./engine.js";
import { keep, LANGUAGES } from "./i18n.js";
import { type Icon, icon } from "./icons.js";
import type { Menu } from "./menu.js";
import { refusal } from "./refusal.js";
import { rowText } from "./rows.js";

/** What needs fields to be filled in has a dialog instead. */
const BY_DIALOG: ReadonlySet<Action["kind"]> = new Set(["edit", "inject", "sweep", "set", "link", "option"]);

export function menuView(element: TcpPlayground, menu: Menu): TemplateResult {
  requestAnimationFrame(() => open(element, menu));
  return html`
    <div
      class="menu"
      popover="manual"
      role="menu"
      aria-label=${titleOf(element, menu)}
      @keydown=${(event: KeyboardEvent) => keys(element, event)}
      @pointerdown=${pressed}
      @click=${{ handleEvent: onlyPressed, capture: true }}
    >
      ${menu.kind === "more" ? more(element) : menu.kind === "host" ? host(element, menu.place) : segment(element, menu.id)}
    </div>
  `;
}

/** The finger of a long press lifts above what has opened under it: that chooses nothing. Keys click without a press. */
function onlyPressed(event: MouseEvent): void {
  const menu = event.currentTarget as HTMLElement;
  if (event.detail > 0 && menu.dataset.pressed === undefined) event.stopPropagation();
}

function pressed(event: Event): void {
  (event.currentTarget as HTMLElement).dataset.pressed = "";
}

function titleOf(element: TcpPlayground, menu: Menu): string {
  if (menu.kind === "more") return element.t("more");
  if (menu.kind === "host") return element.t(`act-at-${menu.place.toLowerCase()}`);
  return element.t("segment-actions");
}

/** Shows the menu where it was asked for, moved so far that it fits the window. */
function open(element: TcpPlayground, menu: Menu): void {
  const popover = element.renderRoot.querySelector<HTMLElement>(".menu");
  if (!popover || element.menu !== menu || popover.matches(":popover-open")) return;
  try {
    popover.showPopover();
  } catch {
    return;
  }
  const { width, height } = popover.getBoundingClientRect();
  const wishX = menu.x ?? innerWidth / 2 - width / 2;
  const wishY = menu.y ?? innerHeight / 2 - height / 2;
  popover.style.left = `${Math.max(8, Math.min(wishX, innerWidth - width - 8))}px`;
  popover.style.top = `${Math.max(8, Math.min(wishY, innerHeight - height - 8))}px`;
  popover.querySelector<HTMLElement>("[role^=menuitem]")?.focus();
  dismissOutside(element, menu, popover);
}

/**
 * A press elsewhere closes the menu. Only a press that begins after it opened counts: the finger of a long press is
 * still down, and its lifting must not close what it has just opened (as `popover=auto` would).
 */
function dismissOutside(element: TcpPlayground, menu: Menu, popover: HTMLElement): void {
  const pressed = (event: Event): void => {
    if (element.menu === menu && event.composedPath().includes(popover)) return;
    document.removeEventListener("pointerdown", pressed, true);
    if (element.menu === menu) element.closeMenu();
  };
  document.addEventListener("pointerdown", pressed, true);
}

function keys(element: TcpPlayground, event: KeyboardEvent): void {
  const menu = event.currentTarget as HTMLElement;
  if (event.key === "Escape" || (event.key === "Tab" && (event.target as HTMLElement).localName !== "input")) {
    if (event.key === "Escape") event.preventDefault();
    element.closeMenu();
    return;
  }
  if ((event.target as HTMLElement).localName === "input") return;
  const items = [...menu.querySelectorAll<HTMLElement>("[role^=menuitem]")];
  const at = items.indexOf(event.target as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    items[(to + items.length) % items.length]?.focus();
  }
}

function item(label: string | TemplateResult, run: () => void, why?: string, name?: Icon): TemplateResult {
  return html`
    <button role="menuitem" aria-disabled=${why ? "true" : nothing} @click=${() => why || run()}>
      ${name ? icon(name) : nothing}<span>${label}${why ? html`<small>${why}</small>` : nothing}</span>
    </button>
  `;
}

function offers(element: TcpPlayground, all: readonly ActionOffer[]): TemplateResult[] {
  const { t, messages } = element;
  const ordered = [...all.filter(({ allowed }) => allowed), ...all.filter(({ allowed }) => !allowed)];
  return ordered
    .filter(({ kind }) => !BY_DIALOG.has(kind))
    .map((offer) => {
      const socket = offer.socket ? html` <i class="quiet">${t("of-socket", { socket: offer.socket })}</i>` : nothing;
      return item(
        html`${messages.maybe(`act-${offer.kind}`) ?? offer.kind}${detailOf(element, offer.action)}${socket}`,
        () => {
          element.closeMenu();
          act(element, offer.action);
        },
        offer.allowed ? undefined : refusal(element, offer.why_not ?? "unsuitable"),
      );
    });
}

function detailOf(element: TcpPlayground, action: Action): string {
  if ("bytes" in action && action.bytes !== undefined && action.kind === "send")
    return ` ${element.t("n-bytes", { count: action.bytes })}`;
  if (action.kind === "duplicate" && action.by_us !== undefined)
    return `, ${element.t("copy-later", { time: element.messages.time(action.by_us) })}`;
  if ("by_us" in action && action.by_us !== undefined) return ` ${element.messages.time(action.by_us)}`;
  if (action.kind === "firewall") return `: ${element.t(`firewall-${action.mode}`)}`;
  if (action.kind === "reading" || action.kind === "closing")
    return `: ${element.t(action.on ? "turn-on" : "turn-off")}`;
  if (action.kind === "sample" || action.kind === "flood") return ` ${element.t(`place-${action.to.toLowerCase()}`)}`;
  return "";
}

function host(element: TcpPlayground, place: "A" | "B" | "link"): TemplateResult {
  const { t } = element;
  const all = element.host.read((player) => player.actions(place), []);
  const sends = all.find((offer) => offer.kind === "send" && offer.allowed);
  return html`
    <p class="menu-title">${t(`act-at-${place.toLowerCase()}`)}</p>
    ${offers(element, all)}
    ${sends ? sendForm(element, sends.action) : nothing}
    <hr />
    ${item(t("act-more"), () => openActForm(element, place), undefined, "edit")}
    ${element.hides("settings") ? nothing : item(t("settings"), () => element.openDialog("settings"), element.locks("settings") ? t("locked") : undefined, "settings")}
    ${place === "link" ? item(t("forge"), () => element.openDialog("segment"), undefined, "warning") : nothing}
  `;
}

/** Text of the reader's own, sent instead of the offer's. */
function sendForm(element: TcpPlayground, action: Action): TemplateResult {
  return html`
    <form
      class="send"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault();
        const text = String(new FormData(event.target as HTMLFormElement).get("text") ?? "");
        if (!text) return;
        element.closeMenu();
        const { bytes: _bytes, ...rest } = action as Action & { kind: "send" };
        act(element, { ...rest, text });
      }}
    >
      <label><span class="unseen">${element.t("send-text")}</span><input name="text" maxlength="1400" placeholder=${element.t("send-text")} /></label>
      <button>${element.t("act-send")}</button>
    </form>
  `;
}

function segment(element: TcpPlayground, id: number): TemplateResult {
  const { t } = element;
  const all = element.host.read((player) => player.segment_actions(id), []);
  const row = element.host.read((player) => player.outline(id, 1), [])[0];
  const edit = all.find(({ kind }) => kind === "edit");
  const title = html`<p class="menu-title">${row ? rowText(element, row) : t("segment-actions")}</p>`;
  const inspect = item(t("inspect"), () => {
    element.closeMenu();
    element.select(id);
  });
  // It is over with this segment: said once, with the way back to where something could be done.
  const [excuse, ...others] = new Set(all.map(({ allowed, why_not }) => (allowed ? "" : (why_not ?? "unsuitable"))));
  if (excuse && others.length === 0) {
    return html`${title}
      <p class="menu-note">${refusal(element, excuse)}</p>
      ${element.hides("seek") ? nothing : item(t("back-to-sending"), () => backToSending(element, id), element.locks("seek") ? t("locked") : undefined, "previous")}
      ${inspect}`;
  }
  return html`
    ${title}
    ${offers(element, all)}
    ${edit ? item(t("act-edit"), () => element.openDialog("segment", id), edit.allowed ? undefined : refusal(element, edit.why_not ?? "unsuitable")) : nothing}
    ${item(t("act-more"), () => openActForm(element, id), all.find((offer) => offer.allowed) ? undefined : refusal(element, all[0]?.why_not ?? "unsuitable"))}
    <hr />
    ${inspect}
  `;
}

/** To the moment at which the segment sets out, with it in hand. */
function backToSending(element: TcpPlayground, id: number): void {
  const sending = element.host.read((player) => player.record(id), undefined)?.send ?? id;
  element.closeMenu();
  element.host.command((player) => player.seek_record(sending));
  element.select(sending);
  element.speak();
}

function more(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const dialog = (name: Exclude<DialogName, "segment" | "act">, picture: Icon) =>
    element.hides(name)
      ? nothing
      : item(t(name), () => element.openDialog(name), element.locks(name) ? t("locked") : undefined, picture);
  const language = element.messages.language;
  return html`
    ${dialog("open", "open")} ${dialog("settings", "settings")} ${dialog("editor", "edit")} ${dialog("share", "share")} ${dialog("help", "help")}
    ${fullScreenPossible() ? item(t("command-full-screen"), () => perform(element, "full-screen"), undefined, "full") : nothing}
    <hr />
    ${LANGUAGES.map(
      (id) => html`
        <button
          role="menuitemradio"
          aria-checked=${id === language}
          lang=${id}
          @click=${() => {
            element.closeMenu();
            keep(id);
            element.setAttribute("lang", id);
            element.emit("languagechange", { language: id });
          }}
        >
          ${icon("language")}<span>${t(`language-${id}`)}</span>
        </button>
      `,
    )}
  `;
}
