// The page's colour tokens, from the one table that also the pictures are made with (crates/view/src/ink.rs).
import { readFile } from "node:fs/promises";

const ROW = /=\s*"([a-z0-9-]+)",\s*(Text|Graphic|Free),\s*0x([0-9a-f]{6}),\s*0x([0-9a-f]{6});/g;

const channels = (hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
const hexOf = (rgb) => rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("");

function luminance(hex) {
  const [r, g, b] = channels(hex).map((value) => {
    const s = value / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast ratio of WCAG 2.2. */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** `hex` moved towards `goal` until it reaches `ratio` against `ground`. */
function reach(hex, ground, goal, ratio) {
  const [from, to] = [channels(hex), channels(goal)];
  for (let step = 0; step <= 20; step += 1) {
    const mixed = hexOf(from.map((value, index) => value + ((to[index] - value) * step) / 20));
    if (contrast(mixed, ground) >= ratio) return mixed;
  }
  return goal;
}

const CONTRAST = {
  light: { surface: "ffffff", raised: "ffffff", text: "000000", faint: "6b6b6b" },
  dark: { surface: "000000", raised: "000000", text: "ffffff", faint: "949494" },
};

function heightened(rows, side) {
  const fixed = CONTRAST[side];
  return rows.map(({ token, need, [side]: hex }) => {
    if (fixed[token]) return fixed[token];
    return reach(hex, fixed.surface, fixed.text, need === "Text" ? 8 : 5);
  });
}

/** Tokens and palettes, read off the ink table. */
export async function palettes(file) {
  const source = await readFile(file, "utf8");
  const rows = [...source.matchAll(ROW)].map(([, token, need, light, dark]) => ({ token, need, light, dark }));
  if (rows.length === 0) throw new Error(`${file} has no ink table that palette.mjs can read`);
  return {
    tokens: rows.map(({ token }) => token),
    needs: rows.map(({ need }) => need),
    palettes: {
      light: rows.map(({ light }) => light),
      dark: rows.map(({ dark }) => dark),
      "contrast-light": heightened(rows, "light"),
      "contrast-dark": heightened(rows, "dark"),
    },
  };
}
