/** The page for frames: the query's parameters are the element's attributes, the fragment may carry a run. */
import "./define.js";
import { ATTRIBUTE_NAMES } from "./attributes.js";
import type { TcpPlayground } from "./element.js";
import { textOf } from "./link.js";
import { Problem } from "./problem.js";

const player = document.createElement("tcp-playground") as TcpPlayground;
const query = new URLSearchParams(location.search);
for (const name of ATTRIBUTE_NAMES) {
  const value = query.get(name);
  if (value !== null) player.setAttribute(name, value);
}
const language = query.get("lang");
if (language) document.documentElement.lang = language;
player.style.blockSize = "100%";
player.setAttribute("loading", "eager");

/** Keys the player has no use for belong to the page around (slides, say). */
const FORWARDED = new Set([
  "ArrowLeft",
  "ArrowRight",
  "ArrowUp",
  "ArrowDown",
  "PageUp",
  "PageDown",
  "Home",
  "End",
  " ",
  "Escape",
]);
addEventListener("keydown", (event) => {
  if (event.defaultPrevented || window.parent === window || !FORWARDED.has(event.key)) return;
  const target = event.composedPath()[0];
  if (target instanceof HTMLElement && target.matches("input, textarea, select, button, [role=tab]")) return;
  window.parent.postMessage({ type: "tcp-playground:key", v: 1, key: event.key, shiftKey: event.shiftKey }, "*");
});

if (query.get("api") === "1") {
  const up = (type: string, detail: unknown): void =>
    window.parent.postMessage({ type: `tcp-playground:${type}`, v: 1, detail }, "*");
  for (const type of ["ready", "play", "pause", "ended", "eventchange", "checkpoint", "error"]) {
    player.addEventListener(type, (event) => up(type, (event as CustomEvent).detail));
  }
  new ResizeObserver(() => up("resize", { height: document.documentElement.scrollHeight })).observe(player);
  addEventListener("message", (event: MessageEvent) => {
    const data: unknown = event.data;
    if (event.source !== window.parent || typeof data !== "object" || data === null) return;
    const { type, v, detail } = data as { type?: unknown; v?: unknown; detail?: unknown };
    if (v !== 1 || typeof type !== "string") return;
    const number = Number(detail);
    player.host.command((engine) => {
      if (type === "tcp-playground:play") engine.play();
      else if (type === "tcp-playground:pause") engine.pause();
      else if (type === "tcp-playground:step" && Number.isInteger(number)) engine.step(number);
      else if (type === "tcp-playground:seek" && number >= 0) engine.seek(number);
    });
  });
}

let broken: Problem | undefined;
try {
  const payload = await textOf(location.hash);
  if (payload !== undefined) player.source = { kind: "share", payload };
} catch (error) {
  if (error instanceof Problem) broken = error;
}
document.body.append(player);
if (broken) player.complaints = [broken];
