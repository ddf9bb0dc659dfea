// Bundles the page: src/ and locales/ with esbuild, the engine from pkg/ (wasm-pack's output) beside it, all into dist/.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
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

const weigh = async (path) => gzipSync(await readFile(join(dist, path)), { level: 9 }).length;
const sum = async (paths) => (await Promise.all(paths.map(weigh))).reduce((total, size) => total + size, 0);
const engine = ["playground.js", "playground_bg.wasm"];
const element = [...new Set([...closure("tcp-playground"), ...engine])];
const page = [...new Set([...closure("gallery"), ...engine, "index.html"])];
const sizes = {
  "playground_bg.wasm": await weigh("playground_bg.wasm"),
  "playground.js": await weigh("playground.js"),
  element: await sum(element),
  page: await sum(page),
  "playground_rest.wasm": await weigh("playground_rest.wasm"),
  "tools_bg.wasm": await weigh("tools_bg.wasm"),
};
if (process.env.META) await writeFile(process.env.META, JSON.stringify(result.metafile));
await writeFile(join(dist, "sizes.json"), `${JSON.stringify(sizes, null, 2)}\n`);
console.log(
  `web/dist: element + wasm ${sizes.element} B gzip (wasm ${sizes["playground_bg.wasm"]}), stand-alone page ${sizes.page} B gzip; right after it: the engine's rest ${sizes["playground_rest.wasm"]} B; on demand: tools ${sizes["tools_bg.wasm"]} B`,
);
