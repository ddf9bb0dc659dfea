/** Brings the engine in: once a page, with an error the reader can act upon when that fails. */
import type * as Engine from "./engine.js";
import { Problem } from "./problem.js";

export type EngineModule = typeof Engine;

/** An instance and which it is; a trap makes the next one. */
export interface Instance {
  readonly engine: EngineModule;
  readonly generation: number;
  /** Whether all of it is there. Before that, what the first picture does without traps. */
  whole: boolean;
}

let generation = 0;
let current: Promise<Instance> | undefined;

/** Modules by address: compiled once, instantiated as often as need be. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();

// All parts of the bundle lie in one folder, so that any of them finds the engine beside itself.
const beside = (name: string): string => new URL(name, import.meta.url).href;

/** Fetches and compiles a module. Throws a `Problem`. */
export async function compile(address: string): Promise<WebAssembly.Module> {
  if (typeof WebAssembly !== "object") throw new Problem("wasm-unsupported");
  let response: Response;
  try {
    response = await fetch(address);
  } catch {
    throw new Problem(location.protocol === "file:" ? "file-protocol" : "wasm-network", { address });
  }
  if (!response.ok) throw new Problem("wasm-network", { address, status: response.status });
  try {
    // Streaming wants the right media type; bytes do not, so a badly set up server costs only a little time.
    const typed = response.headers.get("content-type")?.startsWith("application/wasm");
    return typed && WebAssembly.compileStreaming
      ? await WebAssembly.compileStreaming(response)
      : await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    throw compilationProblem(error, address, response.headers.get("content-type") ?? "");
  }
}

function compilationProblem(error: unknown, address: string, type: string): Problem {
  const message = error instanceof Error ? error.message : "";
  if (/Content Security Policy|unsafe-eval|blocked by CSP/i.test(message)) return new Problem("wasm-csp", { address });
  if (type.startsWith("text/html")) return new Problem("wasm-mime", { address, type });
  if (error instanceof WebAssembly.CompileError) return new Problem("wasm-broken", { address });
  return new Problem("wasm-network", { address });
}

function moduleAt(address: string): Promise<WebAssembly.Module> {
  let module = compiled.get(address);
  if (!module) {
    module = compile(address);
    module.catch(() => compiled.delete(address));
    compiled.set(address, module);
  }
  return module;
}

async function start(address: string, which: number): Promise<Instance> {
  const module = await moduleAt(address);
  // The glue keeps one instance in its module scope; another query is another module, hence another instance.
  const glue: string = beside(which === 0 ? "playground.js" : `playground.js?instance=${which}`);
  let engine: EngineModule & { default: EngineModule["default"] };
  try {
    engine = await import(glue);
  } catch {
    throw new Problem("wasm-network", { address: glue });
  }
  let first: WebAssembly.Exports;
  try {
    first = (await engine.default({ module_or_path: module })) as WebAssembly.Exports;
  } catch (error) {
    throw compilationProblem(error, address, "");
  }
  const instance: Instance = { engine, generation: which, whole: false };
  const rest = complete(instance, first, new URL("playground_rest.wasm", address).href);
  // The first instance begins without; one that follows a trap has all of it.
  if (which > 0) await rest;
  else rest.catch(() => undefined);
  return instance;
}

/** Brings in what the first picture does without. It shares the memory of the first part, and fills the table of its stubs. */
async function complete(instance: Instance, first: WebAssembly.Exports, address: string): Promise<void> {
  await WebAssembly.instantiate(await moduleAt(address), { p: first });
  instance.whole = true;
}

/** Where the engine's module lies; others lie beside it. */
export function engineAddress(wasmSource?: string | null): string {
  return wasmSource ? new URL(wasmSource, document.baseURI).href : beside("playground_bg.wasm");
}

/** The page's engine. `wasmSource` counts for the first call only. */
export function load(wasmSource?: string | null): Promise<Instance> {
  current ??= start(engineAddress(wasmSource), generation).catch((error) => {
    current = undefined;
    throw error;
  });
  return current;
}

/** After a trap in `broken`: a fresh instance, one for all who ask. */
export function replace(broken: Instance, wasmSource?: string | null): Promise<Instance> {
  if (broken.generation === generation) {
    generation += 1;
    current = undefined;
  }
  return load(wasmSource);
}
