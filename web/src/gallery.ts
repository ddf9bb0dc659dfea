/** The stand-alone page: the catalogue as a picker beside one large player. */
import "./define.js";
import { html, nothing, render, type TemplateResult } from "lit";
import type { TcpPlayground } from "./element.js";
import type { ScenarioEntry } from "./engine.js";
import { choose as chooseLanguage, keep, LANGUAGES, Messages, preferred } from "./i18n.js";
import { textOf } from "./link.js";
import { load } from "./loader.js";
import { Problem } from "./problem.js";
import { forget, recall, remember } from "./storage.js";
import { pageStyles } from "./styles/page.js";
import { themeFor, themeSheet, watchSystem } from "./styles/tokens.js";

const THEMES = ["auto", "light", "dark", "contrast"] as const;
const FIRST = "three-way-handshake";

const sheet = new CSSStyleSheet();
sheet.replaceSync(themeSheet("body") + pageStyles);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

const query = new URLSearchParams(location.search);
const messages = new Messages(() => draw());
let catalogue: ScenarioEntry[] = [];
let theme = query.get("theme") ?? recall("theme") ?? "auto";
let size = recall("size") ?? "normal";
let scenario = query.get("scenario") ?? FIRST;
let picking = false;
/** Whether it is known what to play first. */
let ready = false;
let problem: Problem | undefined;
const root = document.body.appendChild(document.createElement("div"));
root.className = "page";

const player = document.createElement("tcp-playground") as TcpPlayground;
for (const name of ["at", "speed", "autoplay", "seed", "policy", "view", "keyboard", "motion"]) {
  const value = query.get(name);
  if (value !== null) player.setAttribute(name, value);
}
player.setAttribute("loading", "eager");

/** Two closed hosts and a link: everything else is the reader's doing. */
const EMPTY = "tcp-playground 1\nscenario empty\n";

function scenarioAttribute(id: string): string {
  return id === "empty" ? EMPTY : id;
}

function choose(id: string): void {
  scenario = id;
  picking = false;
  problem = undefined;
  forget("run");
  player.source = undefined;
  if (player.getAttribute("scenario") === scenarioAttribute(id)) player.retry();
  else player.setAttribute("scenario", scenarioAttribute(id));
  const address = new URL(location.href);
  address.search = id === FIRST ? "" : `?scenario=${encodeURIComponent(id)}`;
  address.hash = "";
  history.pushState({ scenario: id }, "", address);
  draw();
  window.scrollTo({ top: 0 });
}

function draw(): void {
  const { t } = messages;
  document.documentElement.lang = messages.language;
  document.documentElement.dir = messages.direction;
  document.title = `${messages.maybe(`scenario-${scenario}`) ?? t("scenario-own")} · ${t("product")}`;
  document.body.dataset.theme = themeFor(theme);
  player.setAttribute("lang", messages.language);
  player.setAttribute("theme", theme);
  player.setAttribute("size", size);
  render(view(), root);
}

function view(): TemplateResult {
  const { t } = messages;
  return html`
    <header class="top">
      <h1><a href="?">${t("product")}</a></h1>
      <button class="picker-toggle" aria-expanded=${picking} aria-controls="catalogue" @click=${togglePicker}>${t("scenarios")}</button>
      <div class="choices">
        <label><span class="unseen">${t("language")}</span>
          <select @change=${(event: Event) => setLanguage((event.target as HTMLSelectElement).value)}>
            ${LANGUAGES.map((id) => html`<option value=${id} lang=${id} ?selected=${id === messages.language}>${t(`language-${id}`)}</option>`)}
          </select></label>
        <label><span class="unseen">${t("theme")}</span>
          <select @change=${(event: Event) => setTheme((event.target as HTMLSelectElement).value)}>
            ${THEMES.map((id) => html`<option value=${id} ?selected=${id === theme}>${t(`theme-${id}`)}</option>`)}
          </select></label>
        <label><span class="unseen">${t("type-size")}</span>
          <select @change=${(event: Event) => setSize((event.target as HTMLSelectElement).value)}>
            ${["normal", "large"].map((id) => html`<option value=${id} ?selected=${id === size}>${t(`size-${id}`)}</option>`)}
          </select></label>
      </div>
    </header>
    ${problem ? html`<p class="banner" role="alert">${t(`problem-${problem.code}`, problem.args)} ${t(`problem-${problem.code}-fix`, problem.args)}</p>` : nothing}
    <div class="columns">
      <nav class="catalogue" id="catalogue" aria-label=${t("scenarios")} data-open=${picking}>
        ${groups().map(
          ([group, ids]) => html`
            <h2>${messages.maybe(`group-${group}`) ?? group}</h2>
            <ul>
              ${ids.map(
                (id) => html`<li><a
                  href="?scenario=${id}"
                  aria-current=${id === scenario ? "page" : nothing}
                  @click=${(event: MouseEvent) => {
                    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
                    event.preventDefault();
                    choose(id);
                  }}
                >${messages.maybe(`scenario-${id}`) ?? id}</a></li>`,
              )}
            </ul>
          `,
        )}
      </nav>
      <main>${ready ? player : nothing}</main>
    </div>
    <footer><p>${t("footer")}</p></footer>
  `;
}

function groups(): [string, string[]][] {
  const found = new Map<string, string[]>();
  for (const { id, group } of catalogue) found.set(group, [...(found.get(group) ?? []), id]);
  if (catalogue.length > 0 && !catalogue.some(({ id }) => id === "empty")) found.set("own", ["empty"]);
  return [...found];
}

function togglePicker(): void {
  picking = !picking;
  draw();
}

function setLanguage(language: string): void {
  keep(language);
  void messages.use(language);
}

function setTheme(next: string): void {
  theme = next;
  remember("theme", next);
  draw();
}

function setSize(next: string): void {
  size = next;
  remember("size", next);
  draw();
}

player.addEventListener("languagechange", (event) =>
  setLanguage((event as CustomEvent<{ language: string }>).detail.language),
);
/** What is on screen is what a reload brings back, where storage is allowed. */
function keepRun(): void {
  player.host.keepIfAlive();
  const payload = player.host.snapshot;
  if (player.player?.can_undo && payload) remember("run", JSON.stringify({ scenario, payload }));
  else forget("run");
}

function keptRun(): string | undefined {
  try {
    const kept: unknown = JSON.parse(recall("run") ?? "null");
    const { scenario: whose, payload } = (kept ?? {}) as { scenario?: unknown; payload?: unknown };
    return whose === scenario && typeof payload === "string" ? payload : undefined;
  } catch {
    return undefined;
  }
}
let keeping = 0;
player.addEventListener("fork", () => {
  window.clearTimeout(keeping);
  keeping = window.setTimeout(keepRun, 1000);
});
window.addEventListener("pagehide", keepRun);
window.addEventListener("popstate", () => {
  const id = new URLSearchParams(location.search).get("scenario") ?? FIRST;
  if (id !== scenario) {
    scenario = id;
    player.source = undefined;
    player.setAttribute("scenario", id);
    draw();
  }
});
window.addEventListener("hashchange", () => void openFragment());
watchSystem(draw);

/** The run that the address carries; a damaged one is told of, and does not stand in the way. */
async function sharedRun(): Promise<string | undefined> {
  try {
    return await textOf(location.hash);
  } catch (error) {
    if (error instanceof Problem) problem = error;
    return undefined;
  }
}

async function openFragment(): Promise<void> {
  problem = undefined;
  const payload = await sharedRun();
  draw();
  if (payload !== undefined) await player.openRun({ kind: "share", payload });
}

draw();
/** A link may ask for a language; what the reader chose here before is kept for links that do not. */
const asked = query.get("lang");
const language = asked ? chooseLanguage([asked]) : preferred();
const [payload] = await Promise.all([sharedRun(), messages.use(language).catch(() => undefined)]);
const run = payload ?? keptRun();
player.setAttribute("scenario", scenarioAttribute(scenario));
if (run !== undefined) player.source = { kind: "share", payload: run };
ready = true;
draw();
load()
  .then(({ engine }) => {
    catalogue = engine.catalogue();
    draw();
  })
  .catch(() => undefined);
