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
const OPTIONS = ["absolute", "kernel-names", "storyboard", "timers", "fold", "large"];
const USUAL = ["timers", "fold"];
/** In what the page may lie: width, height and density of the canvas, size of its letters, options, speed, length of a frame. */
const SURROUNDINGS = [
  [900, 500, 2, 16, USUAL, 1, 16],
  [1240, 640, 1, 16, USUAL, 8, 16],
  [820, 560, 1, 16, USUAL, 0.25, 40],
  [700, 420, 1.25, 20, USUAL, 1, 33],
  [560, 300, 1.5, 14, USUAL, 2, 120],
  [340, 520, 3, 16, USUAL, 1, 16],
  [290, 400, 2, 24, USUAL, 1, 50],
  [1700, 1000, 1, 16, USUAL, 1, 16],
  [1000, 240, 1, 12, USUAL, 4, 16],
  [900, 500, 1, 16, [], 1, 33],
  [900, 500, 1, 16, OPTIONS, 1, 33],
  ...OPTIONS.map((option) => [760, 480, 1, 16, [...USUAL, option], 2, 33]),
];
/** A play that never ends is a mistake. */
const FRAMES_MAX = 6000;

function play(scenario, [width, height, density, letters, options, speed, frame_ms]) {
  const player = engine.Player.scenario(scenario, {});
  player.set_theme(
    facts.colour_roles.map(() => "#112233"),
    "monospace",
    letters,
  );
  for (const option of OPTIONS) player.set_option(option, options.includes(option));
  player.set_speed(speed);
  player.set_loop(false);
  player.collect("CLOSED", "LISTEN");
  player.notice();
  player.snapshot_text();
  const paint = () => {
    player.paint("ladder", canvas, width, height, density);
    player.view_state("ladder");
  };
  paint();
  player.tick(0);
  paint();
  player.play();
  for (let frame = 0; frame < FRAMES_MAX && !player.ended; frame += 1) {
    player.tick(frame_ms);
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
  player.step_chapter(1);
  for (let tenth = 0; tenth <= 10; tenth += 1) {
    player.seek_play((player.play_duration_ms * tenth) / 10);
    player.tick(frame_ms);
    paint();
    for (let x = 10; x < width; x += 60) player.hit("ladder", x, (height * (tenth + 0.5)) / 11, tenth % 2 > 0);
  }
  player.hover(undefined);
  player.seek(30_000);
  paint();
  player.restart();
  paint();
  for (const marks of [100, 400, 1600]) player.event_marks(marks);
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

for (const scenario of ["three-way-handshake", "four-way-close"])
  for (const surroundings of SURROUNDINGS) play(scenario, surroundings);
console.log([...called].join(" "));
