/** The second wasm module: what a reader wants seldom. Fetched when it is first wanted. */
import { compile, engineAddress } from "../loader.js";
import { Problem } from "../problem.js";
import type * as Tools from "./engine.js";

let current: Promise<typeof Tools> | undefined;

async function start(wasmSource: string | null): Promise<typeof Tools> {
  const module = await compile(new URL("tools_bg.wasm", engineAddress(wasmSource)).href);
  const address = new URL("tools.js", import.meta.url).href;
  let tools: typeof Tools;
  try {
    tools = await import(address);
  } catch {
    throw new Problem("wasm-network", { address });
  }
  await tools.default({ module_or_path: module });
  return tools;
}

/** The tools, one instance for all elements of a page. Throws a `Problem`. */
export function load(wasmSource: string | null): Promise<typeof Tools> {
  current ??= start(wasmSource).catch((error) => {
    current = undefined;
    throw error;
  });
  return current;
}

/** Runs `use` on the tools. After a trap the next call starts with fresh ones. */
export async function withTools<T>(wasmSource: string | null, use: (tools: typeof Tools) => T): Promise<T> {
  const tools = await load(wasmSource);
  try {
    return use(tools);
  } catch {
    current = undefined;
    throw new Problem("engine-trap");
  }
}
