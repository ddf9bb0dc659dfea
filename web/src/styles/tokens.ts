/** Colour, type and space, as custom properties: the page, the element and the canvases share them. */
import { PALETTES, type Palette, TOKENS } from "virtual:palette";

function declarations(palette: Palette): string {
  const colours = PALETTES[palette];
  return TOKENS.map((token, index) => `--tcp-${token}:#${colours.slice(index * 6, index * 6 + 6)}`).join(";");
}

/** Where nothing but the reader's own colours may be used. */
const FORCED: Record<string, string> = {
  surface: "Canvas",
  raised: "Canvas",
  text: "CanvasText",
  muted: "CanvasText",
  faint: "GrayText",
  selection: "Highlight",
  hover: "LinkText",
};

export type ThemeName = Palette | "forced";

const SPACE = {
  light:
    "color-scheme:light;--page:#eef1f5;--shadow:0 1px 2px #1b223014,0 4px 16px #1b22300f;--accent:#1a5fc4;--on-accent:#fff;--accent-soft:#e6effb",
  dark: "color-scheme:dark;--page:#0d0f13;--shadow:0 1px 2px #0006,0 4px 16px #0005;--accent:#6cabff;--on-accent:#0b1421;--accent-soft:#1d2c42",
};

/** The rules that give everything under `selector` the theme named by its `data-theme`. */
export function themeSheet(selector: string): string {
  const one = (theme: Palette) =>
    `${selector}[data-theme="${theme}"]{${declarations(theme)};${theme.endsWith("dark") ? SPACE.dark : SPACE.light}}`;
  const forced = TOKENS.map((token) => `--tcp-${token}:${FORCED[token] ?? "CanvasText"}`).join(";");
  return [
    ...(Object.keys(PALETTES) as Palette[]).map(one),
    `${selector}[data-theme^="contrast"]{--accent:var(--tcp-selection);--accent-soft:var(--tcp-surface);--on-accent:var(--tcp-surface);--shadow:none;--page:var(--tcp-surface);--tcp-muted:var(--tcp-text)}`,
    `${selector}[data-theme="forced"]{${forced};--accent:Highlight;--on-accent:HighlightText;--accent-soft:Canvas;--page:Canvas;--shadow:none}`,
  ].join("\n");
}

/** The theme that is in force for a wish, by what the reader's system says. */
export function themeFor(wish: string): ThemeName {
  if (matchMedia("(forced-colors: active)").matches) return "forced";
  const dark = wish === "dark" || (wish !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const more = wish === "contrast" || (wish === "auto" && matchMedia("(prefers-contrast: more)").matches);
  if (more) return dark ? "contrast-dark" : "contrast-light";
  return dark ? "dark" : "light";
}

const QUERIES = [
  "(prefers-color-scheme: dark)",
  "(prefers-contrast: more)",
  "(forced-colors: active)",
  "(prefers-reduced-motion: reduce)",
];

/** Calls `changed` when the reader's system changes its mind; answers what ends that. */
export function watchSystem(changed: () => void): () => void {
  const lists = QUERIES.map((query) => matchMedia(query));
  for (const list of lists) list.addEventListener("change", changed);
  return () => {
    for (const list of lists) list.removeEventListener("change", changed);
  };
}
