/** The stand-alone page: the catalogue as a picker beside one large player. */
import "./define.js";
import { html, nothing, render, type TemplateResult } from "lit";
import type { TcpPlayground } from "./element.js";
import type { ScenarioEntry } from "./engine.js";
import { choose as chooseLanguage, keep, LANGUAGES, Messages, preferred } from "./i18n.js";
import { keepRun, lastRun, runHere } from "./kept-run.js";
import { textOf } from "./link.js";
import { load } from "./loader.js";
import { Problem } from "./problem.js";
import { recall, remember } from "./storage.js";
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
const EMPTY = "tcp-playground 1\nscenario empty\nattacker 203.0.113.66 latency 30ms\n";

function scenarioAttribute(id: string): string {
  return id === "empty" ? EMPTY : id;
}

function choose(id: string, payload?: string): void {
  keepNow();
  scenario = id;
  picking = false;
  problem = undefined;
  const address = new URL(location.href);
  address.search = id === FIRST ? "" : `?scenario=${encodeURIComponent(id)}`;
  address.hash = "";
  history.pushState(null, "", address);
  show(payload);
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
    ${problem ? html`<p class="banner" role="alert"><b>${t(`problem-${problem.code}`, problem.args)}</b> ${t(`problem-${problem.code}-fix`, problem.args)}</p>` : nothing}
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
/** What is on screen is what a reload, or the way back to it, brings back. */
function keepNow(): void {
  window.clearTimeout(keeping);
  keeping = 0;
  if (!player.player) return;
  keepRun(scenario, player.player.can_undo ? player.host.present() : undefined);
}

/** How long a run may be other than the one that is kept. */
const KEEP_AFTER_MS = 300;
let keeping = 0;
player.addEventListener("scenariochange", () => {
  keeping ||= window.setTimeout(keepNow, KEEP_AFTER_MS);
});
// On pagehide the entry is closed already; not every way of leaving comes by beforeunload.
for (const leaving of ["beforeunload", "pagehide"]) window.addEventListener(leaving, keepNow);

/** To another entry of the history, or another fragment: what was there, or is written there, is shown. */
async function arrive(): Promise<void> {
  window.clearTimeout(keeping);
  keeping = 0;
  problem = undefined;
  scenario = new URLSearchParams(location.search).get("scenario") ?? FIRST;
  const address = location.href;
  const payload = runHere()?.payload ?? (await sharedRun());
  if (address !== location.href) return;
  draw();
  show(payload);
}

/** Shows the scenario, or the run that was made of it. */
function show(payload: string | undefined): void {
  const attribute = scenarioAttribute(scenario);
  const other = player.getAttribute("scenario") !== attribute;
  if (other) player.setAttribute("scenario", attribute);
  // What is opened later is what is shown.
  if (payload !== undefined) void player.openRun({ kind: "share", payload });
  else if (!other) {
    player.source = undefined;
    player.retry();
  }
}

// A changed fragment is told of by both; the second finds everything as it should be.
window.addEventListener("popstate", () => void arrive());

/** In a tab that knows nothing of it, the run that was made last is not forced upon anybody. */
function offerLast(): void {
  const last = lastRun();
  if (!last) return;
  const name = messages.maybe(`scenario-${last.scenario}`) ?? messages.t("scenario-own");
  player.say(messages.t("run-kept", { name }), "plain", {
    label: messages.t("bring-back"),
    run: () => {
      player.hush();
      if (last.scenario === scenario) show(last.payload);
      else choose(last.scenario, last.payload);
    },
  });
}

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

/** Lets the browser do something else: all of this in one task is a long one on a slow machine. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));

await breathe();
draw();
/** A link may ask for a language; what the reader chose here before is kept for links that do not. */
const asked = query.get("lang");
const language = asked ? chooseLanguage([asked]) : preferred();
const [payload] = await Promise.all([sharedRun(), messages.use(language).catch(() => undefined)]);
// What was made of a link's run, here, is later than the link.
const here = runHere();
const run = here?.scenario === scenario ? here.payload : payload;
player.setAttribute("scenario", scenarioAttribute(scenario));
if (run !== undefined) player.source = { kind: "share", payload: run };
else player.addEventListener("ready", offerLast, { once: true });
ready = true;
await breathe();
draw();
load()
  .then(({ engine }) => {
    catalogue = engine.catalogue();
    draw();
  })
  .catch(() => undefined);
