// Which functions of the engine the first picture needs: plays what a page plays before a reader has touched anything.
// Called as `node profile.mjs GLUE MODULE`; answers the numbers of the functions that were called.
import { readFile, rm, writeFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [glue, module] = process.argv.slice(2);
const called = new Set();
globalThis.splitHit = (number) => called.add(number);

/** A canvas that takes everything and shows nothing. */
function Canvas() {}
Canvas.prototype = new Proxy({}, { get: () => () => undefined, set: () => true });
globalThis.CanvasRenderingContext2D = Canvas;

const patched = `${glue}.profile.mjs`;
const text = await readFile(glue, "utf8");
const changed = text.replace(/("\.\/\w+_bg\.js": import0)/, "$1, split: { hit: globalThis.splitHit }");
if (changed === text) throw new Error(`${glue}: no imports where they are expected`);
await writeFile(patched, changed);
const engine = await import(pathToFileURL(patched).href);
engine.initSync({ module: await readFile(module) });
await rm(patched);

const canvas = new Canvas();
engine.catalogue();
const facts = engine.facts();
for (const scenario of ["three-way-handshake", "four-way-close"]) {
  const player = engine.Player.scenario(scenario, {});
  player.set_theme(
    facts.colour_roles.map(() => "#112233"),
    "monospace",
    16,
  );
  for (const option of ["absolute", "kernel-names", "storyboard", "timers", "fold", "large"])
    player.set_option(option, option === "timers" || option === "fold");
  player.set_speed(1);
  player.set_loop(false);
  player.collect("CLOSED", "LISTEN");
  player.notice();
  player.snapshot_text();
  const paint = () => {
    player.paint("ladder", canvas, 900, 500, 2);
    player.view_state("ladder");
  };
  player.tick(0);
  paint();
  player.play();
  for (let frame = 0; frame < 2000 && !player.ended; frame += 1) {
    player.tick(16);
    while (player.growing && player.grow());
    paint();
    player.chapters();
    player.seen_us;
  }
  player.pause();
  player.toggle();
  player.step(-1);
  player.step(1);
  player.step_chapter(-1);
  player.seek_play(player.play_duration_ms / 2);
  player.tick(16);
  paint();
  player.hit("ladder", 300, 100, false);
  player.hover(undefined);
  player.seek(30_000);
  player.restart();
  player.event_marks(400);
  player.arcs(0);
  player.trace_hash();
  for (const name of [
    "scenario_id",
    "seed",
    "playing",
    "growing",
    "ended",
    "speed",
    "position_us",
    "duration_us",
    "play_ms",
  ])
    player[name];
  for (const name of ["event_index", "event_count", "records_now", "record_count", "selected", "can_undo", "can_redo"])
    player[name];
  player.free();
}
console.log([...called].join(" "));
