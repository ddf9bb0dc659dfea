/** `<tcp-playground>`: the frame around one player. Controls ask, the engine decides, the frame shows. */
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { ATTRIBUTE_NAMES, type AttributeName, choiceOf, momentOf, numberOf, partsOf } from "./attributes.js";
import { Changed } from "./changed.js";
import { act, actOnSegment, perform } from "./commands.js";
import type { EngineError, Facts, Hit, Player, RecordId, ViewId } from "./engine.js";
import { choose, Messages, preferred } from "./i18n.js";
import { bindingFor, keepsItsKeys } from "./keymap.js";
import type { Menu } from "./menu.js";
import { meetArcs, metArcs } from "./met-arcs.js";
import type { Part } from "./parts.js";
import { PlayerHost, problemOf, type Source, strings } from "./player-host.js";
import { Problem } from "./problem.js";
import { problemPanel, warnings } from "./problem-panel.js";
import { refusal } from "./refusal.js";
import { scrubber, showPosition } from "./scrubber.js";
import { side, visibleTabs } from "./side.js";
import { Stage } from "./stage.js";
import { stageFrame, VIEWS } from "./stage-frame.js";
import { recall, remember } from "./storage.js";
import { frameStyles } from "./styles/frame.js";
import { themeFor, themeSheet, watchSystem } from "./styles/tokens.js";
import { revealTab } from "./tabs.js";
import { toolbar } from "./toolbar.js";

export type Tab = "story" | "events" | "selected" | "hosts" | "branches";
export type DialogName = "help" | "settings" | "share" | "editor" | "segment" | "open" | "act";
type Lazy = typeof import("./lazy.js");

/** While a long run is simulated ahead, its length is written anew no oftener. */
const LENGTH_EVERY_MS = 250;
/** And while events rush by, the words about them: nobody reads faster. */
const WORDS_EVERY_MS = 100;

export interface Toast {
  text: string;
  tone: "plain" | "wrong";
  action?: { label: string; run: () => void };
}

/** What the reader has set and we remember. */
interface Preferences {
  absolute: boolean;
  kernelNames: boolean;
  singles: boolean;
  speaks: boolean;
  storyboard: boolean | undefined;
  timers: boolean;
  fold: boolean;
}

export class TcpPlayground extends LitElement {
  static readonly version = "0.1.0";
  static override styles = [];
  static override get observedAttributes(): string[] {
    TcpPlayground.finalize();
    return [...ATTRIBUTE_NAMES];
  }

  readonly messages = new Messages(() => this.requestUpdate());
  readonly host = new PlayerHost(this, () => this.getAttribute("wasm-src"));
  readonly stage = new Stage(this);

  tab: Tab = "story";
  view = "ladder";
  dialog: DialogName | undefined;
  /** For the segment dialog: what is edited, or where the forgery goes. */
  dialogSubject: RecordId | undefined;
  menu: Menu | undefined;
  toast: Toast | undefined;
  problem: Problem | undefined;
  /** The run at which the engine broke last. */
  report = "";
  complaints: Problem[] = [];
  preferences: Preferences = readPreferences();
  lazy: Lazy | undefined;
  facts: Facts | undefined;
  source: Source | undefined;
  /** The header field in hand, and which header is looked at. */
  field: string | undefined;
  layer: "tcp" | "ip" = "tcp";
  /** Bumped whenever the trace or the moment changes; panels may cache by it. */
  edition = 0;

  #themeName = "light";
  /** The theme and size the engine last heard of. */
  #look = "";
  /** The tabs last brought into sight. */
  #tabs = "";
  #unwatch: (() => void) | undefined;
  #sight: IntersectionObserver | undefined;
  #visible = false;
  #autoplayed = false;
  #toastTimer = 0;
  /** The timer that writes the words anew, and when that was done last. */
  #wording = 0;
  #worded = 0;
  #opener: HTMLElement | undefined;
  #opened: string | undefined;
  /** Counts the attempts to open something; only the latest may show its outcome. */
  #turn = 0;

  /** What the page around has taken away, and what it shows but keeps from being used. */
  #hidden: ReadonlySet<Part> = new Set();
  #locked: ReadonlySet<Part> = new Set();

  hides(part: Part): boolean {
    return this.#hidden.has(part);
  }

  locks(part: Part): boolean {
    return this.#locked.has(part);
  }

  /** Whether `part` is locked; the reader is told. */
  refuses(part: Part): boolean {
    if (this.locks(part)) this.say(this.t("locked"), "wrong");
    return this.locks(part);
  }

  get t(): Messages["t"] {
    return this.messages.t;
  }

  get player(): Player | undefined {
    return this.host.player;
  }

  get frameElement(): HTMLElement | null {
    return this.renderRoot?.querySelector(".frame") ?? null;
  }

  protected override createRenderRoot(): ShadowRoot {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open", delegatesFocus: false });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(themeSheet(".frame") + frameStyles);
    root.adoptedStyleSheets = [sheet];
    return root;
  }

  // ---------------------------------------------------------------- life

  override connectedCallback(): void {
    super.connectedCallback();
    this.#readParts();
    this.addEventListener("keydown", this.#keydown);
    document.addEventListener("visibilitychange", this.#sleepOrWake);
    this.#unwatch = watchSystem(this.retheme);
    this.#sight = new IntersectionObserver(([entry]) => {
      this.#visible = entry?.isIntersecting ?? false;
      this.#sleepOrWake();
      if (this.#visible) void this.#start();
    });
    this.#sight.observe(this);
    this.stage.connect();
    void this.#relanguage();
    if (this.#choice("loading") === "eager") void this.#start();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("keydown", this.#keydown);
    document.removeEventListener("visibilitychange", this.#sleepOrWake);
    this.#unwatch?.();
    this.#sight?.disconnect();
    window.clearTimeout(this.#toastTimer);
    window.clearTimeout(this.#wording);
    this.#wording = 0;
    this.stage.disconnect();
    // Moved in the document, it goes on where it was.
    this.host.close();
    const { snapshot } = this.host;
    if (snapshot) this.source = { kind: "share", payload: snapshot };
    this.#opened = undefined;
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (old === value || !this.isConnected) return;
    this.requestUpdate();
    const attribute = name as AttributeName;
    if (attribute === "lang") void this.#relanguage();
    else if (["scenario", "src", "seed", "policy"].includes(name)) {
      this.source = undefined;
      this.#opened = undefined;
      void this.#start();
    } else if (attribute === "speed") this.host.command((player) => player.set_speed(this.#number("speed")));
    else if (attribute === "loop") this.host.command((player) => player.set_loop(this.hasAttribute("loop")));
    else if (attribute === "at") this.#goTo(value ?? "");
    else if (attribute === "view") this.view = this.#choice("view");
    else if (attribute === "numbers") this.prefer({ absolute: value === "absolute" });
    else if (attribute === "hide" || attribute === "lock") this.#readParts();
  }

  #complain = (problem: Problem): void => {
    const { name } = problem.args;
    this.complaints = [...this.complaints.filter((other) => other.args.name !== name), problem];
    this.emit("error", problem.detail);
  };

  #readParts(): void {
    this.#hidden = partsOf(this, "hide", this.#complain);
    this.#locked = partsOf(this, "lock", this.#complain);
    const tab = visibleTabs(this)[0];
    if (tab && !visibleTabs(this).includes(this.tab)) this.tab = tab;
  }

  #choice(name: AttributeName): string {
    return choiceOf(this, name, this.#complain);
  }

  #number(name: AttributeName): number {
    return numberOf(this, name, this.#complain);
  }

  async #relanguage(): Promise<void> {
    const own = this.getAttribute("lang");
    const around = this.parentElement?.closest("[lang]")?.getAttribute("lang");
    const wish = own || around;
    try {
      await this.messages.use(wish ? choose([wish]) : preferred());
    } catch {
      // The language file is out of reach; English is built in.
    }
  }

  /** What decides which run is played. */
  get #key(): string {
    return ["scenario", "src", "seed", "policy"].map((name) => this.getAttribute(name)).join("|");
  }

  /** Loads the engine and the run, once it may be seen and has something to show. */
  async #start(): Promise<void> {
    const key = this.#key;
    if (this.#opened === key) return;
    this.#opened = key;
    const turn = ++this.#turn;
    this.complaints = this.complaints.filter((problem) => !["scenario", "src"].includes(String(problem.args.name)));
    try {
      const source = this.source ?? (await this.#sourceOfAttributes());
      if (turn !== this.#turn) return;
      this.#failedText = source.kind === "text" ? source.text : undefined;
      await this.#open(source);
    } catch (error) {
      if (turn === this.#turn)
        this.#fail(problemOf(error, this.source ?? { kind: "scenario", id: this.getAttribute("scenario") ?? "" }));
    }
  }

  async #sourceOfAttributes(): Promise<Source> {
    const address = this.getAttribute("src");
    if (address) {
      try {
        const response = await fetch(new URL(address, document.baseURI));
        if (!response.ok) throw new Error(String(response.status));
        return { kind: "text", text: await response.text() };
      } catch {
        throw new Problem("scenario-network", { address });
      }
    }
    const scenario = this.getAttribute("scenario") ?? "three-way-handshake";
    return scenario.includes("\n") ? { kind: "text", text: scenario } : { kind: "scenario", id: scenario };
  }

  async #open(source: Source): Promise<void> {
    const seed = this.getAttribute("seed");
    const policy = this.#choice("policy");
    await this.host.open(source, { ...(seed ? { seed } : {}), ...(policy ? { policy } : {}) });
    this.source = source;
    this.problem = undefined;
    this.#firstMoments();
    this.#sayNotice();
    this.requestUpdate();
    this.emit("ready", { scenario: this.player?.scenario_id });
    void this.loadPanels();
  }

  /** A run from a link may go otherwise in this engine than in the one it was made with. */
  #sayNotice(): void {
    const notice = this.host.read((player) => player.notice(), undefined);
    if (!notice) return;
    const { first_difference: first } = notice;
    if (first === undefined) {
      this.say(this.t("trace-differs"), "wrong");
      return;
    }
    const at = this.host.read((player) => player.record(first).time_us, 0);
    this.say(this.t("trace-differs-at", { time: this.messages.time(at) }), "wrong", {
      label: this.t("show-difference"),
      run: () => {
        // What has not happened yet is not to be seen.
        this.host.command((player) => {
          player.pause();
          if (player.position_us < at) player.seek(at);
        });
        this.select(first);
      },
    });
  }

  #firstMoments(): void {
    const at = this.getAttribute("at");
    if (at) this.#goTo(at);
    const autoplay = this.#choice("autoplay");
    if (autoplay !== "off" && !this.#autoplayed && !this.still) {
      this.#autoplayed = true;
      this.host.command((player) => player.play());
    }
  }

  #goTo(value: string): void {
    const moment = momentOf(value);
    if (!moment) {
      if (value) this.#complain(new Problem("bad-attribute", { name: "at", value, allowed: "4, 250ms, 1.5s, 2min" }));
      return;
    }
    this.host.command((player) => {
      if ("time_us" in moment) player.seek(moment.time_us);
      else {
        player.seek(0);
        player.step(moment.event);
      }
    });
  }

  /** The text that could not be read, for the editor. */
  get failedText(): string | undefined {
    return this.#failedText;
  }
  #failedText: string | undefined;

  #fail(problem: Problem): void {
    this.problem = problem;
    this.toast = undefined;
    this.host.close();
    this.requestUpdate();
    this.emit("error", problem.detail);
  }

  /** Starts over with another run; the reader sees a problem instead where it cannot be read. Answers whether it could. */
  async openRun(source: Source): Promise<boolean> {
    this.#turn += 1;
    this.#opened = this.#key;
    try {
      await this.#open(source);
      return true;
    } catch (error) {
      this.#failedText = source.kind === "text" ? source.text : undefined;
      this.#fail(problemOf(error, source));
      return false;
    }
  }

  retry = (): void => {
    this.problem = undefined;
    this.#opened = undefined;
    void this.#start();
    this.requestUpdate();
  };

  #sleepOrWake = (): void => {
    if (document.visibilityState === "hidden" || !this.#visible) this.host.sleep();
    else this.host.wake();
  };

  // ---------------------------------------------------------------- what the host tells

  prepare(player: Player): void {
    this.facts = this.host.instance?.engine.facts();
    // The first of all is given its look with the first update, once there is one to ask for it.
    if (this.#look) {
      this.#retheme(player);
      this.#setOptions(player);
    }
    player.set_speed(this.#number("speed"));
    player.set_loop(this.hasAttribute("loop"));
    for (const [from, to] of metArcs()) player.collect(from, to);
    const view = this.#choice("view");
    if (view !== "ladder") this.view = view;
    this.#readParts();
  }

  frame(bits: number): void {
    const player = this.host.player;
    if (!player) return;
    if (bits & Changed.Run) {
      this.host.keepSoon();
      this.emit("scenariochange", { scenario: player.scenario_id });
    }
    const done = bits & (Changed.Run | Changed.Selection | Changed.Playback | Changed.Checkpoint);
    if (done || bits & Changed.Event) this.edition += 1;
    if (done || (bits & Changed.Event && !player.playing)) this.requestUpdate();
    else if (bits & Changed.Event) this.#reword(WORDS_EVERY_MS - (performance.now() - this.#worded));
    else if (bits & Changed.Length) this.#reword(LENGTH_EVERY_MS);
    if (bits & Changed.Event) meetArcs(player, (bits & Changed.Run) !== 0);
    if (bits & (Changed.Picture | Changed.Run)) this.stage.paint();
    showPosition(this);
    if (bits & Changed.Event) this.emit("eventchange", { event: player.event_index, time_us: player.position_us });
    if (bits & Changed.Playback) {
      this.emit(player.playing ? "play" : "pause", {});
      if (player.ended) this.emit("ended", {});
    }
    if (bits & Changed.Checkpoint) this.emit("checkpoint", { time_us: player.position_us });
  }

  /** Writes the words anew in a while, or at once where there is nothing to wait for. */
  #reword(wait_ms: number): void {
    if (wait_ms <= 0) this.requestUpdate();
    else
      this.#wording ||= window.setTimeout(() => {
        this.#wording = 0;
        this.requestUpdate();
      }, wait_ms);
  }

  trapped(outcome: "recovered" | "without-last" | "lost", run: string): void {
    this.report = run;
    if (outcome === "lost") {
      this.#fail(new Problem("engine-trap"));
      return;
    }
    this.say(this.t(`trap-${outcome}`), "wrong", {
      label: this.t("copy-report"),
      run: () => void navigator.clipboard?.writeText(run).catch(() => undefined),
    });
    this.emit("error", new Problem("engine-trap").detail);
  }

  refused(error: EngineError): void {
    this.say(refusal(this, error.code, strings(error.args)), "wrong");
  }

  // ---------------------------------------------------------------- what the stage tells

  picked(_view: ViewId, hit: Hit | undefined): void {
    this.host.command((player) => player.select(hit?.id));
    if (hit?.id !== undefined) this.showTab("selected");
    else if (hit?.kind === "host" && hit.host) this.openMenu({ kind: "host", place: hit.host });
  }

  dragged(hit: Hit, outside: boolean, by_us: number): void {
    const { id } = hit;
    if (id === undefined) return;
    this.host.command((player) => player.select(id));
    if (outside) actOnSegment(this, id, "drop");
    else if (by_us > 0) act(this, { kind: "delay", id, by_us });
    else this.say(this.t("no-hurry"), "wrong");
  }

  hovered(hit: Hit | undefined): void {
    if (this.#hover === hit?.id) return;
    this.#hover = hit?.id;
    this.host.command((player) => player.hover(hit?.id));
  }
  #hover: RecordId | undefined;

  requestMenu(hit: Hit, x: number, y: number): void {
    if (hit.id !== undefined) {
      const id = hit.id;
      this.host.command((player) => player.select(id));
      this.openMenu({ kind: "segment", id, x, y });
    } else if (hit.host) this.openMenu({ kind: "host", place: hit.host, x, y });
  }

  // ---------------------------------------------------------------- what controls ask

  select(id: RecordId | undefined, follow = true): void {
    this.host.command((player) => {
      player.select(id);
      if (id !== undefined && follow) player.reveal("ladder", id);
    });
    if (id !== undefined) this.showTab("selected");
  }

  showTab(tab: Tab): void {
    if (!visibleTabs(this).includes(tab)) return;
    this.tab = tab;
    this.requestUpdate();
  }

  showView(view: string): void {
    if (!VIEWS.some((known) => known.id === view)) return;
    if (view !== this.view && this.refuses("views")) return;
    this.view = view;
    this.requestUpdate();
  }

  openMenu(menu: Menu): void {
    if (menu.kind !== "more" && (this.hides("acts") || this.refuses("acts"))) return;
    this.host.command((player) => player.pause());
    const active = this.shadowRoot?.activeElement;
    this.#opener = active instanceof HTMLElement ? active : undefined;
    this.menu = menu;
    this.requestUpdate();
    void this.loadPanels();
  }

  closeMenu(): void {
    if (!this.menu) return;
    this.menu = undefined;
    this.requestUpdate();
    const opener = this.#opener;
    this.#opener = undefined;
    // The focus goes back to where it came from, unless it has found a place of its own.
    void this.updateComplete.then(() => {
      if (!this.shadowRoot?.activeElement) opener?.focus({ preventScroll: true });
    });
  }

  openDialog(name: DialogName, subject?: RecordId): void {
    const part = name === "segment" || name === "act" ? "acts" : name;
    if (this.hides(part) || this.refuses(part)) return;
    this.dialog = name;
    this.dialogSubject = subject;
    this.menu = undefined;
    this.requestUpdate();
    void this.loadPanels();
  }

  closeDialog = (): void => {
    this.dialog = undefined;
    this.requestUpdate();
  };

  /** The panels and dialogs that the first picture does without. */
  async loadPanels(): Promise<void> {
    if (this.lazy) return;
    try {
      const [lazy] = await Promise.all([import("./lazy.js"), this.messages.load("hands")]);
      if (this.lazy) return;
      this.lazy = lazy;
      if (this.shadowRoot) lazy.adopt(this.shadowRoot);
      this.requestUpdate();
    } catch {
      this.say(this.t("part-missing"), "wrong");
    }
  }

  say(text: string, tone: Toast["tone"] = "plain", action?: Toast["action"]): void {
    this.toast = { text, tone, ...(action ? { action } : {}) };
    window.clearTimeout(this.#toastTimer);
    if (!action) this.#toastTimer = window.setTimeout(this.hush, 7000);
    this.requestUpdate();
  }

  hush = (): void => {
    this.toast = undefined;
    this.requestUpdate();
  };

  /** Speaks about the present event to those who listen; called for a user's own steps only. */
  speak(): void {
    if (this.preferences.speaks) this.lazy?.announce(this);
  }

  emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // ---------------------------------------------------------------- choices of the reader

  /** No motion: by attribute, by the reader's switch, or because the system asks for it. */
  get still(): boolean {
    const motion = this.#choice("motion");
    if (motion !== "auto") return motion === "none";
    return this.preferences.storyboard ?? matchMedia("(prefers-reduced-motion: reduce)").matches;
  }

  prefer(change: Partial<Preferences>): void {
    this.preferences = { ...this.preferences, ...change };
    remember("preferences", JSON.stringify(this.preferences));
    const player = this.player;
    if (player) this.host.command(() => this.#setOptions(player));
    this.requestUpdate();
  }

  #setOptions(player: Player): void {
    const { absolute, kernelNames, timers, fold } = this.preferences;
    const numbers = this.getAttribute("numbers");
    this.stage.options(player, {
      absolute: numbers ? numbers === "absolute" || absolute : absolute,
      "kernel-names": kernelNames,
      storyboard: this.still,
      timers,
      fold,
      large: this.#choice("size") === "large",
    });
  }

  retheme = (): void => {
    const player = this.player;
    this.requestUpdate();
    void this.updateComplete.then(() => {
      if (player && player === this.player) this.host.command(() => this.#retheme(player));
      if (player) this.host.command(() => this.#setOptions(player));
    });
  };

  #retheme(player: Player): void {
    this.stage.theme(player, this.facts?.colour_roles ?? []);
  }

  // ---------------------------------------------------------------- keys

  get singles(): boolean {
    return this.#choice("keyboard") !== "off" && this.preferences.singles;
  }

  #keydown = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0];
    if (event.defaultPrevented || !this.player || keepsItsKeys(target, event.key)) return;
    const onStage = target instanceof HTMLCanvasElement;
    const binding = bindingFor(event, onStage, this.singles);
    if (!binding) return;
    if (perform(this, binding.command, event.key)) event.preventDefault();
  };

  // ---------------------------------------------------------------- picture

  /** At first, and while it plays, words come in a task of their own after what made them: both in one are long on a slow machine. */
  protected override async scheduleUpdate(): Promise<void> {
    if (!this.hasUpdated || this.host.player?.playing) await new Promise((resolve) => setTimeout(resolve));
    super.scheduleUpdate();
  }

  protected override willUpdate(): void {
    this.#themeName = themeFor(this.#choice("theme"));
  }

  protected override render(): TemplateResult {
    const { t } = this;
    const controls = this.#choice("controls");
    const name = this.getAttribute("label") ?? this.title_;
    return html`
      <section
        class="frame"
        part="frame"
        role="region"
        aria-label=${t("region", { name })}
        lang=${this.messages.language}
        dir=${this.messages.direction}
        data-theme=${this.#themeName}
        data-controls=${controls}
        data-size=${this.#choice("size")}
      >
        ${warnings(this)}
        ${
          this.problem
            ? problemPanel(this, this.problem)
            : this.player
              ? html`
                  <div class="body">
                    <div class="main">
                      ${stageFrame(this)}
                      ${controls === "none" ? nothing : html`${this.hides("seek") ? nothing : scrubber(this)}${toolbar(this)}`}
                    </div>
                    ${controls === "full" && visibleTabs(this).length > 0 ? side(this) : nothing}
                  </div>
                `
              : html`<div class="poster"><slot></slot><p class="loading" role="status">${t("loading")}</p></div>`
        }
        ${this.#toastView()}
        ${this.lazy && this.menu ? this.lazy.menuView(this, this.menu) : nothing}
        ${this.lazy && this.dialog ? this.lazy.dialogView(this, this.dialog) : nothing}
        <p class="unseen live" aria-live="polite"></p>
      </section>
    `;
  }

  /** The scenario's title where it has one. */
  get title_(): string {
    const id = this.player?.scenario_id ?? this.getAttribute("scenario") ?? "";
    return this.messages.maybe(`scenario-${id}`) ?? this.t("scenario-own");
  }

  #toastView(): TemplateResult {
    const toast = this.toast;
    return html`
      <div class="toasts" role="status">
        ${
          toast
            ? html`<div class="toast" data-tone=${toast.tone}>
                <p>${toast.text}</p>
                ${toast.action ? html`<button @click=${toast.action.run}>${toast.action.label}</button>` : nothing}
                <button @click=${this.hush}>${this.t("dismiss")}</button>
              </div>`
            : nothing
        }
      </div>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#worded = performance.now();
    this.stage.use(this.renderRoot.querySelectorAll<HTMLCanvasElement>("canvas[data-view]"));
    const frame = this.frameElement;
    const look = `${this.#themeName} ${frame?.dataset.size}`;
    const player = this.player;
    if (frame && player && look !== this.#look) {
      this.#look = look;
      this.host.command(() => this.#retheme(player));
      this.host.command(() => this.#setOptions(player));
    }
    showPosition(this);
    const tabs = `${this.view} ${this.tab} ${this.messages.language} ${player !== undefined}`;
    if (tabs !== this.#tabs) {
      this.#tabs = tabs;
      for (const row of this.renderRoot.querySelectorAll("[role=tablist]")) revealTab(row);
    }
  }
}

function readPreferences(): Preferences {
  const standard: Preferences = {
    absolute: false,
    kernelNames: false,
    singles: true,
    speaks: true,
    storyboard: undefined,
    timers: true,
    fold: true,
  };
  try {
    const kept: unknown = JSON.parse(recall("preferences") ?? "{}");
    if (typeof kept !== "object" || kept === null) return standard;
    for (const [name, value] of Object.entries(kept)) {
      if (name in standard && typeof value === "boolean") Object.assign(standard, { [name]: value });
    }
  } catch {
    // Somebody else wrote there; the standard is fine.
  }
  return standard;
}
