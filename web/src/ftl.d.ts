declare module "*.ftl" {
  const text: string;
  export default text;
}

/** Made by `build.mjs` from the ink table of `crates/view`. */
declare module "virtual:palette" {
  export type Palette = "light" | "dark" | "contrast-light" | "contrast-dark";
  /** Token names in the order of the table. */
  export const TOKENS: readonly string[];
  /** Colours of each palette in that order, six hex digits each, without separators. */
  export const PALETTES: Record<Palette, string>;
}
