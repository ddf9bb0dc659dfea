// Bundles the page: src/ and locales/ with esbuild, the engine from pkg/ (wasm-pack's output) beside it, all into dist/.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { palettes } from "./palette.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const pkg = join(here, "pkg");
const inks = join(here, "../crates/view/src/ink.rs");

const virtualPalette = {
  name: "palette",
  setup(build) {
    build.onResolve({ filter: /^virtual:palette$/ }, (args) => ({ path: args.path, namespace: "palette" }));
    build.onLoad({ filter: /.*/, namespace: "palette" }, async () => {
      const { tokens, palettes: all } = await palettes(inks);
      const joined = Object.fromEntries(Object.entries(all).map(([name, colours]) => [name, colours.join("")]));
      return {
        contents: `export const TOKENS = "${tokens.join(" ")}".split(" ");\nexport const PALETTES = ${JSON.stringify(joined)};`,
        watchFiles: [inks],
      };
    });
  },
};

/** Comments and blank lines of message files are for translators, not for readers. */
const messages = {
  name: "messages",
  setup(build) {
    build.onLoad({ filter: /\.ftl$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      return { contents: text.replace(/^#.*\n/gm, "").replace(/\n{2,}/g, "\n"), loader: "text" };
    });
  },
};

/** Lengths of the element count in its own unit, so that one property makes all of it larger. Queries cannot do that. */
function scalable(sheet) {
  return sheet
    .split("\n")
    .map((line) => (line.startsWith("@") ? line : line.replace(/(?<![\w.])(-?\d*\.?\d+)rem\b/g, "calc($1*var(--r))")))
    .join("\n")
    .replaceAll("REM", "rem");
}

/** Style sheets stand in template literals; what has no hole in it is made small as CSS. */
const styles = {
  name: "styles",
  setup(build) {
    build.onLoad({ filter: /src\/styles\/(frame|panels|page)\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const [head, sheet, tail] = text.split("`");
      if (tail === undefined || sheet.includes("${")) throw new Error(`${path}: one template literal without holes`);
      const { code } = await esbuild.transform(path.endsWith("page.ts") ? sheet : scalable(sheet), {
        loader: "css",
        minify: true,
      });
      return { contents: `${head}${JSON.stringify(code.trim())}${tail}`, loader: "ts" };
    });
  },
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

const result = await esbuild.build({
  absWorkingDir: here,
  entryPoints: { "tcp-playground": "src/define.ts", gallery: "src/gallery.ts", embed: "src/embed.ts" },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox114", "safari16.4"],
  minify: true,
  sourcemap: "linked",
  legalComments: "none",
  chunkNames: "part-[name]-[hash]",
  metafile: true,
  plugins: [virtualPalette, messages, styles],
  logLevel: "warning",
});

/** The wasm modules: the player's, and the one that is fetched when a reader wants what is in it. */
for (const module of ["playground", "tools"]) {
  await esbuild.build({
    absWorkingDir: here,
    entryPoints: [join(pkg, `${module}.js`)],
    outfile: join(dist, `${module}.js`),
    // With the snippets that belong to a crate.
    bundle: true,
    format: "esm",
    minify: true,
    legalComments: "none",
    logLevel: "warning",
  });
  await cp(join(pkg, `${module}_bg.wasm`), join(dist, `${module}_bg.wasm`));
}
// What of the player's module the first picture does without; crates/xtask/src/split.rs takes it apart.
await cp(join(pkg, "playground_rest.wasm"), join(dist, "playground_rest.wasm"));
await cp(join(here, "locales"), join(dist, "locales"), { recursive: true });

/** What an entry loads before it can run, itself included. */
function closure(entry) {
  const seen = new Set();
  const visit = (output) => {
    if (seen.has(output)) return;
    seen.add(output);
    for (const { path, kind } of result.metafile.outputs[output]?.imports ?? [])
      if (kind === "import-statement") visit(path);
  };
  visit(`dist/${entry}.js`);
  return [...seen].map((path) => path.replace(/^dist\//, ""));
}

for (const [page, entries] of Object.entries({ "index.html": ["gallery"], "embed.html": ["embed"] })) {
  const modules = [...new Set([...entries.flatMap(closure), "playground.js"])];
  const hints = [
    ...modules.map((path) => `<link rel="modulepreload" href="./${path}" />`),
    `<link rel="preload" href="./playground_bg.wasm" as="fetch" type="application/wasm" crossorigin />`,
  ].join("\n    ");
  const source = await readFile(join(here, page), "utf8");
  await writeFile(join(dist, page), source.replace("<!-- preload -->", hints));
}

/** Bytes of files as they travel: [gzip, brotli]. */
async function weigh(paths) {
  const files = await Promise.all(paths.map((path) => readFile(join(dist, path))));
  const pack = [(bytes) => gzipSync(bytes, { level: 9 }), (bytes) => brotliCompressSync(bytes)];
  return pack.map((packed) => files.reduce((total, bytes) => total + packed(bytes).length, 0));
}

const outputs = Object.entries(result.metafile.outputs);
const partOf = (source) => outputs.find(([, { entryPoint }]) => entryPoint === source)[0].slice("dist/".length);
const engine = ["playground.js", "playground_bg.wasm"];
const scripts = closure("tcp-playground");
const page = ["index.html", ...closure("gallery").filter((path) => !scripts.includes(path))];
const after = ["playground_rest.wasm", partOf("src/lazy.ts")];
const words = ["stories", "reasons", "hands"].map((name) => partOf(`locales/en/${name}.ftl`));
const demanded = ["tools.js", "tools_bg.wasm", partOf("locales/en/tools.ftl")];
/** [key in sizes.json, what it is, its files, the budget in kB] */
const table = [
  ["playground_bg.wasm", "engine, first part", ["playground_bg.wasm"]],
  ["playground.js", "its glue", ["playground.js"]],
  ["scripts", "element's scripts, styles and words", scripts],
  ["element", "= element + wasm", [...engine, ...scripts], 86],
  ["gallery", "page and gallery", page],
  ["page", "= stand-alone page, before the first picture", [...engine, ...scripts, ...page], 120],
  ["playground_rest.wasm", "right after it: the engine's rest", ["playground_rest.wasm"]],
  ["lazy", "right after it: panels, menus, dialogs", [partOf("src/lazy.ts")]],
  ["words", "when they are shown: stories, reasons, manuals", words],
  ["total", "= all of the page", [...engine, ...scripts, ...page, ...after, ...words]],
  ["tools_bg.wasm", "on demand: tools, its wasm", ["tools_bg.wasm"]],
  ["tools", "on demand: tools, all of it", demanded],
];
const sizes = {};
const kilobytes = (bytes) => (bytes / 1000).toFixed(1).padStart(8);
console.log(`web/dist, kB${" ".repeat(40)}gzip  brotli  budget (gzip)`);
for (const [key, what, files, budget] of table) {
  const [gzip, brotli] = await weigh(files);
  sizes[key] = gzip;
  console.log(`  ${what.padEnd(46)}${kilobytes(gzip)}${kilobytes(brotli)}${budget ? `  at most ${budget}` : ""}`);
}
if (process.env.META) await writeFile(process.env.META, JSON.stringify(result.metafile));
await writeFile(join(dist, "sizes.json"), `${JSON.stringify(sizes, null, 2)}\n`);
