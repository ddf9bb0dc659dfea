/** A run as a file for other programs. */
import type { TcpPlayground } from "../element.js";
import { Problem } from "../problem.js";
import type { Form } from "./engine.js";
import { withTools } from "./loader.js";

const TYPES: Record<Form, string> = {
  pcapng: "application/x-pcapng",
  jsonl: "application/jsonl",
  mermaid: "text/plain",
  svg: "image/svg+xml",
  text: "text/plain",
};
const NAMES: Record<Form, string> = {
  pcapng: "capture.pcapng",
  jsonl: "trace.jsonl",
  mermaid: "ladder.mmd",
  svg: "ladder.svg",
  text: "ladder.txt",
};
export const FORMS = Object.keys(TYPES) as Form[];

/** Hands a file to the reader. */
export function handOut(element: TcpPlayground, name: string, type: string, content: BlobPart): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = `${element.player?.scenario_id ?? "tcp"}-${name}`;
  anchor.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Makes the file and hands it out; says so where that cannot be. */
export async function save(element: TcpPlayground, form: Form): Promise<void> {
  const { absolute, kernelNames } = element.preferences;
  const run = element.host.read((player) => player.run_text(), "");
  const now = element.player?.position_us ?? 0;
  try {
    const bytes = await withTools(element.getAttribute("wasm-src"), (tools) =>
      tools.exported(run, form, now, absolute, kernelNames),
    );
    if (!bytes) throw new Problem("engine-trap");
    handOut(element, NAMES[form], TYPES[form], bytes);
  } catch (error) {
    element.say(wordsFor(element, error), "wrong");
  }
}

/** What a failed load of the tools means to the reader. */
export function wordsFor(element: TcpPlayground, error: unknown): string {
  const problem = error instanceof Problem ? error : new Problem("engine-trap");
  return element.t(`problem-${problem.code}`, problem.args);
}
