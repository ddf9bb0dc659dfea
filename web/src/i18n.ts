/** Messages in the reader's language: Fluent bundles, loaded a file at a time, switched live. */
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import englishMain from "../locales/en/main.ftl";
import { recall, remember } from "./storage.js";

/** The message files of each language; `main` is there from the start, the others when first wanted. */
export type Part = "main" | "reasons" | "stories" | "hands" | "tools";

/** Languages with complete message files, then the pseudo-locales that tests lay the page out with. */
export const LANGUAGES = ["en", "ko"] as const;
const PSEUDO = ["en-XA", "ar-XB"];

type Loader = () => Promise<{ default: string }>;
const FILES: Record<string, Record<Part, Loader>> = {
  en: {
    main: async () => ({ default: englishMain }),
    reasons: () => import("../locales/en/reasons.ftl"),
    stories: () => import("../locales/en/stories.ftl"),
    hands: () => import("../locales/en/hands.ftl"),
    tools: () => import("../locales/en/tools.ftl"),
  },
  ko: {
    main: () => import("../locales/ko/main.ftl"),
    reasons: () => import("../locales/ko/reasons.ftl"),
    stories: () => import("../locales/ko/stories.ftl"),
    hands: () => import("../locales/ko/hands.ftl"),
    tools: () => import("../locales/ko/tools.ftl"),
  },
};

const loaded = new Map<string, Promise<string>>();

function text(language: string, part: Part): Promise<string> {
  const key = `${language}/${part}`;
  let promise = loaded.get(key);
  if (!promise) {
    promise = FILES[language]?.[part]().then((module) => module.default) ?? Promise.resolve("");
    promise.catch(() => loaded.delete(key));
    loaded.set(key, promise);
  }
  return promise;
}

/** Message files as they were read once: English stands in for all languages, and an element and its page read the same. */
const resources = new Map<string, FluentResource>();

function resource(text: string): FluentResource {
  const read = resources.get(text) ?? new FluentResource(text);
  resources.set(text, read);
  return read;
}

/** «Plaay» doubles the vowels and so lengthens every text by about half. */
const lengthen = (message: string): string => message.replace(/[aeiouAEIOU]/g, "$&$&");
/** Right-to-left override around the text, as the Fluent tools do it. */
const mirror = (message: string): string => (message.trim() ? `\u202e${message}\u202c` : message);

/** The language a wish list leads to: the first that we have, else English. */
export function choose(wishes: readonly string[]): string {
  const first = wishes[0];
  if (first && PSEUDO.includes(first)) return first;
  const known = wishes.map((wish) => wish.toLowerCase().split("-")[0] ?? "");
  return known.find((language) => LANGUAGES.some((id) => id === language)) ?? "en";
}

/** The remembered choice, then what the browser asks for. */
export function preferred(): string {
  const kept = recall("language");
  return choose([...(kept ? [kept] : []), ...navigator.languages]);
}

/** One reader's messages. `onchange` is told when texts have come or changed. */
export class Messages {
  language = "en";
  /** Ids asked for that neither the language nor English has; a test wants this empty. */
  readonly missing = new Set<string>();
  /** The language's, and the English in whose stead; none before the first message is asked for. */
  #both: readonly [FluentBundle, FluentBundle] | undefined;
  #parts = new Set<Part>(["main"]);
  #turn = 0;
  /** The language that is wanted, perhaps still on its way. */
  #wished = "en";
  #number = new Intl.NumberFormat("en");
  /** Messages without arguments as they were put together once: a render asks for some sixty. */
  #said = new Map<string, string>();

  constructor(private readonly onchange: () => void) {}

  get #bundles(): readonly [FluentBundle, FluentBundle] {
    if (!this.#both) {
      const english = new FluentBundle("en");
      english.addResource(resource(englishMain));
      this.#both = [english, english];
    }
    return this.#both;
  }

  get direction(): "ltr" | "rtl" {
    return this.language === "ar-XB" ? "rtl" : "ltr";
  }

  /** Switches to `language` (one of `LANGUAGES` or a pseudo-locale) and keeps the parts already in use. */
  async use(language: string): Promise<void> {
    const turn = ++this.#turn;
    this.#wished = language;
    const pseudo = PSEUDO.includes(language);
    const source = pseudo ? "en" : language;
    const transform = language === "en-XA" ? lengthen : language === "ar-XB" ? mirror : undefined;
    const bundle = new FluentBundle(source, { useIsolating: language === "ar-XB", transform });
    const fallback = new FluentBundle("en", { useIsolating: false });
    for (const part of this.#parts) {
      const [own, english] = await Promise.all([text(source, part), text("en", part)]);
      bundle.addResource(resource(own), { allowOverrides: true });
      fallback.addResource(resource(english), { allowOverrides: true });
    }
    if (turn !== this.#turn) return;
    this.language = language;
    this.#both = [bundle, fallback];
    this.#number = new Intl.NumberFormat(source);
    this.missing.clear();
    this.#said.clear();
    this.onchange();
  }

  /** Brings the messages of `part`, as far as they can be had. */
  async load(part: Part): Promise<void> {
    if (this.want(part)) return;
    await this.#coming.get(part)?.catch(() => undefined);
  }

  /** Makes the messages of `part` available; answers at once whether they are there already. */
  want(part: Part): boolean {
    if (this.#parts.has(part)) return this.#ready.has(part) || part === "main";
    this.#parts.add(part);
    const coming = this.use(this.#wished).then(
      () => {
        this.#ready.add(part);
        this.onchange();
      },
      () => {
        this.#parts.delete(part);
      },
    );
    this.#coming.set(part, coming);
    return false;
  }
  #ready = new Set<Part>();
  #coming = new Map<Part, Promise<void>>();

  /** Whether the language itself has the message, not only English in its stead. */
  hasOwn(id: string): boolean {
    return this.#bundles[0].hasMessage(id);
  }

  has(id: string): boolean {
    return this.#bundles.some((bundle) => bundle.hasMessage(id));
  }

  /** The text of a message; its id in angle quotes where nobody wrote one. */
  t = (id: string, args?: Record<string, FluentVariable>): string => {
    const said = args ? undefined : this.#said.get(id);
    if (said !== undefined) return said;
    const bundles = this.#bundles;
    for (const bundle of bundles) {
      const message = bundle.getMessage(id);
      if (message?.value) {
        const text = bundle.formatPattern(message.value, args, []);
        if (!args) this.#said.set(id, text);
        return text;
      }
      if (bundle === bundles[0]) this.missing.add(id);
    }
    return `‹${id}›`;
  };

  /** The text where there is one. */
  maybe(id: string, args?: Record<string, FluentVariable>): string | undefined {
    return this.has(id) ? this.t(id, args) : undefined;
  }

  number(value: number): string {
    return this.#number.format(value);
  }

  /** Virtual time, in the unit a reader would choose: 0.0500 s, 62.50 s, 4 min 02 s, 4 min 00.62 s. */
  time(micros: number): string {
    const seconds = micros / 1e6;
    if (seconds >= 120) {
      // Two places, so that events within a second are told apart; none where the second is whole.
      const hundredths = Math.round(seconds * 100);
      const rest = ((hundredths % 6000) / 100).toFixed(2).padStart(5, "0").replace(".00", "");
      return this.t("time-minutes", { minutes: Math.floor(hundredths / 6000), seconds: rest });
    }
    return this.t("time-seconds", { seconds: seconds.toFixed(seconds >= 10 ? 2 : 3) });
  }
}

/** Remembers the reader's choice where the browser lets us. */
export function keep(language: string): void {
  remember("language", language);
}
