/** The run in the `#` part of an address: `#v1:` and the text, or `#v1z:` and the text deflated, both base64url. */
import { Problem } from "./problem.js";

const PLAIN = "v1:";
const DEFLATED = "v1z:";
/** Below this length the readable form wins. */
const PLAIN_LENGTH_MAX = 1000;
/** More than any run a person makes; refuses links that would inflate without end. */
const TEXT_LENGTH_MAX = 4_000_000;

function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: GenericTransformStream): Promise<Uint8Array> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > TEXT_LENGTH_MAX) throw new Problem("link-garbled");
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The fragment (with its `#`) that carries `text`. */
export async function fragmentOf(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= PLAIN_LENGTH_MAX || typeof CompressionStream === "undefined") {
    return `#${PLAIN}${toBase64Url(bytes)}`;
  }
  return `#${DEFLATED}${toBase64Url(await through(bytes, new CompressionStream("deflate-raw")))}`;
}

/** UTF-8, or not ours. */
const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

/** The text a fragment carries, nothing where it carries none of ours. */
export async function textOf(fragment: string): Promise<string | undefined> {
  const body = fragment.replace(/^#/, "");
  try {
    if (body.startsWith(PLAIN)) return decode(fromBase64Url(body.slice(PLAIN.length)));
    if (body.startsWith(DEFLATED)) {
      const bytes = fromBase64Url(body.slice(DEFLATED.length));
      return decode(await through(bytes, new DecompressionStream("deflate-raw")));
    }
  } catch (error) {
    throw error instanceof Problem ? error : new Problem("link-garbled");
  }
  if (/^v\d+z?:/.test(body)) throw new Problem("version-newer");
  return undefined;
}
