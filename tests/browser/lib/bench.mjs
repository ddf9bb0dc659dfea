// What the page costs in a real Chromium, beside its budgets; nothing is asserted.
// node lib/bench.mjs [RUNS] [LONGEST RUN IN RECORDS] [SECONDS A SCENARIO]; with ONLY=load,start,seek,frame,paint,act,play a part of it.
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { loadavg } from "node:os";
import { extname, join, normalize } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "@playwright/test";
import { DIST } from "./server.mjs";

const [runs = 5, longest = 1_000_000, scenarioSeconds = 4] = process.argv.slice(2).map(Number);
const only = process.env.ONLY?.split(",");
const wanted = (part) => only === undefined || only.includes(part);
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm", ".json": "application/json", ".ftl": "text/plain" };

/** The page as a good web server serves it: compressed, so that the slow line carries what a reader's would. */
const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
  const file = join(DIST, path);
  const body = await readFile(file).catch(() => undefined);
  if (body === undefined) return response.writeHead(404).end();
  const type = `${TYPES[extname(file)] ?? "application/octet-stream"}; charset=utf-8`;
  response.writeHead(200, { "content-type": type.replace("wasm; charset=utf-8", "wasm"), "content-encoding": "gzip", "cache-control": "no-store" });
  response.end(gzipSync(body, { level: 9 }));
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--enable-precise-memory-info", "--disable-background-timer-throttling"],
});

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, part) => sorted(values)[Math.min(values.length - 1, Math.floor(values.length * part))];
const median = (values) => quantile(values, 0.5);
const fixed = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "–");

function row(what, value, bar = "") {
  console.log(`  ${what.padEnd(58)} ${value.padStart(26)}   ${bar}`);
}
/** A bar, and whether it is met. */
const judged = (met, bar) => `${met ? "met" : "MISSED"}: ${bar}`;
function part(name) {
  console.log(`${name}   [load average ${loadavg().map((load) => load.toFixed(1)).join(" ")}]`);
}

async function open(scenario = "three-way-handshake", prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.log(`  error on the page: ${error}`));
  const cdp = await context.newCDPSession(page);
  await prepare(page, cdp);
  await page.goto(`${origin}/index.html?scenario=${scenario}`);
  await page.waitForFunction(() => document.querySelector("tcp-playground")?.player !== undefined, undefined, { timeout: 120_000 });
  // Not only what the first picture needs.
  await page.waitForFunction(() => document.querySelector("tcp-playground").host.instance.whole);
  await page.evaluate(helpers);
  return { context, page, cdp };
}

/** Runs on the page: what the measurements share. */
function helpers() {
  const element = document.querySelector("tcp-playground");
  const bulk = (bytes) =>
    `tcp-playground 1\nscenario bulk\nseed 1\nlink latency 1ms bandwidth 100Mbps\nat 0ms B.l listen 8080 as s\nat 10ms A.c connect B:8080\nwhen A.c established send ${bytes}\n`;
  const engine = () => element.host.instance.engine;
  /** Simulates a run to its very end: by itself a player looks no further ahead than some ten thousand records. */
  const grow = (player) => {
    player.pause();
    do {
      while (player.grow());
      player.seek(player.duration_us);
    } while (player.growing);
    player.seek(0);
    player.tick(0);
  };
  window.bench = {
    element,
    /** A transfer with so many records, or a few more. */
    textOf(records) {
      const count = (bytes) => {
        const probe = engine().Player.from_text(bulk(bytes));
        grow(probe);
        const { record_count } = probe;
        probe.free();
        return record_count;
      };
      // A long transfer has fewer records a byte than its beginning, and how many is not known before: two lengths tell.
      const [less, more] = records > 20_000 ? [5_000_000, 10_000_000] : [20_000, 200_000];
      const [few, many] = [count(less), count(more)];
      const each = (many - few) / (more - less);
      let bytes = Math.max(1, Math.round(less + (records - few) / each));
      for (let short = records - count(bytes); short > 0 && records > 1000; short = records - count(bytes)) bytes += Math.ceil((short + 20) / each);
      return bulk(bytes);
    },
    player(records) {
      const player = engine().Player.from_text(window.bench.textOf(records));
      element.prepare(player);
      grow(player);
      return player;
    },
    /** Puts the run into the element itself and waits until it is simulated. */
    async load(records) {
      const text = window.bench.textOf(records);
      element.host.command((player) => {
        player.load_text(text);
        player.pause();
      });
      const { player } = element;
      do {
        do await window.bench.painted();
        while (player.growing);
        element.host.command(() => player.seek(player.duration_us));
      } while (player.growing);
      element.host.command(() => player.seek(0));
      await window.bench.painted();
      return player.record_count;
    },
    /** After the next frame has been painted and handed to the screen: the first task after it, before what the page has put off till then. */
    async painted() {
      return (await window.bench.shown()).done;
    },
    /** The same, and when the screen asked for that frame. */
    shown() {
      return new Promise((resolve) => {
        requestAnimationFrame((asked) => {
          scheduler.postTask(() => resolve({ asked, done: performance.now() }), { priority: "user-blocking" });
        });
      });
    },
    /** Paints the ladder and answers every call and every assignment in order. */
    recorded(player, ctx) {
      const calls = [];
      const recorder = new Proxy(ctx, {
        get(target, name) {
          const value = target[name];
          if (typeof value !== "function") return value;
          return (...args) => {
            calls.push([name, args]);
            return value.apply(target, args);
          };
        },
        set(target, name, value) {
          calls.push([`=${String(name)}`, [value]]);
          target[name] = value;
          return true;
        },
      });
      player.paint("ladder", recorder, 900, 600, 1);
      return calls;
    },
    /** A canvas of the size of a stage, and its context. */
    context() {
      const canvas = document.createElement("canvas");
      canvas.width = 900;
      canvas.height = 600;
      canvas.style.cssText = "position:fixed;left:0;top:0;z-index:9";
      document.body.append(canvas);
      return canvas.getContext("2d");
    },
  };
}

/** Seek to random instants: the work itself, and until the frame is on screen. */
async function seek() {
  part("seek to a random instant");
  for (const records of [10_000, 100_000, 1_000_000].filter((size) => size <= longest)) {
    const { context, page } = await open();
    try {
      const result = await page.evaluate(
        async ({ records, seeks }) => {
          const { bench } = window;
          const count = await bench.load(records);
          const { player, host, stage } = bench.element;
          const [work, frame] = [[], []];
          for (let index = 0; index < seeks; index += 1) {
            const to = Math.floor(Math.random() * player.duration_us);
            const start = performance.now();
            player.seek(to);
            player.tick(0);
            stage.paint();
            work.push(performance.now() - start);
            await bench.painted();
          }
          for (let index = 0; index < seeks; index += 1) {
            const to = Math.floor(Math.random() * player.duration_us);
            const start = performance.now();
            host.command((p) => p.seek(to));
            frame.push((await bench.painted()) - start);
          }
          return { count, work, frame, memory: player.memory_bytes };
        },
        { records, seeks: runs * 20 },
      );
      const bar = records === 100_000 ? judged(median(result.work) <= 16.7, "within 16.7 ms") : "reported";
      row(`${result.count} records: seek, tick and paint`, `${fixed(median(result.work))} ms, p95 ${fixed(quantile(result.work, 0.95))}`, bar);
      row(`${result.count} records: until the frame is on screen`, `${fixed(median(result.frame))} ms, p95 ${fixed(quantile(result.frame, 0.95))}`, "incl. waiting for the screen");
      row(`${result.count} records: wasm memory`, `${fixed(result.memory / 2 ** 20, 1)} MiB`, `${fixed(result.memory / result.count, 0)} bytes a record, the picture's score included`);
    } catch (error) {
      row(`${records} records`, "did not get there", String(error.message).split("\n")[0]);
    }
    await context.close();
  }
}

/** The same viewport and the same scale over runs of different lengths: frames of playback in the middle of the run. */
async function frame() {
  part("frame cost by length of run, same viewport (ladder 900 × 600): tick and paint while playing");
  const sizes = [100, 10_000, 100_000, 1_000_000].filter((size) => size <= longest);
  for (const [look, words] of [["near", "usual scale"], ["whole", "whole run in sight"]]) {
    const { context, page } = await open();
    const costs = await page.evaluate(
      async ({ sizes, runs, look }) => {
        const { bench } = window;
        const ctx = bench.context();
        const players = sizes.map((size) => bench.player(size));
        for (const player of players) {
          player.paint("ladder", ctx, 900, 600, 1);
          if (look === "whole") player.fit("ladder");
          player.seek(Math.floor(player.duration_us / 2));
          player.tick(0);
        }
        const times = sizes.map(() => []);
        for (let run = 0; run < runs * 8; run += 1) {
          players.forEach((player, index) => {
            player.seek(Math.floor(player.duration_us / 2));
            player.play();
            player.tick(0);
            const start = performance.now();
            for (let frame = 0; frame < 10; frame += 1) {
              player.tick(1);
              player.paint("ladder", ctx, 900, 600, 1);
            }
            times[index].push((performance.now() - start) / 10);
            player.pause();
          });
          await bench.painted();
        }
        // Last, because a canvas that listens makes every later call of the real one slower.
        const calls = players.map((player) => {
          player.seek(Math.floor(player.duration_us / 2));
          player.tick(0);
          return bench.recorded(player, ctx).length;
        });
        const counts = players.map((player) => player.record_count);
        for (const player of players) player.free();
        // The first few warm up.
        return { calls, times: times.map((list) => list.slice(3)), counts };
      },
      { sizes, runs, look },
    );
    const medians = costs.times.map(median);
    sizes.forEach((size, index) => {
      const ratio = median(costs.times[index].map((time, run) => time / costs.times[0][run]));
      const said = `${fixed(medians[index], 3)} ms${index > 0 ? `, ratio ${fixed(ratio)}` : ""}`;
      const bar = size === 100_000 ? judged(ratio <= 1.5, "ratio at most 1.5") : "";
      row(`${costs.counts[index]} records, ${words}, ${costs.calls[index]} canvas calls`, said, bar);
    });
    await context.close();
  }
}

/** A picture painted from wasm, against the same calls made from JavaScript. */
async function paint() {
  part("painting from wasm against the same calls from JavaScript (ladder 900 × 600)");
  for (const [name, records] of [["a handshake's length", 20], ["a long transfer", 10_000]]) {
    // What was called is found out on another page: a canvas that listens, or a deaf one, makes every later call of the real one slower.
    const other = await open();
    const { calls, layout } = await other.page.evaluate(
      async ({ records, runs }) => {
        const { bench } = window;
        const ctx = bench.context();
        const player = bench.player(records);
        player.seek(Math.floor(player.duration_us / 2));
        player.tick(0);
        player.paint("ladder", ctx, 900, 600, 1);
        const calls = bench.recorded(player, ctx);
        // What answers every call with nothing: what is left of wasm's time is writing the calls down and crossing over.
        const deaf = Object.fromEntries(calls.map(([name]) => [name.replace("=", ""), name.startsWith("=") ? undefined : () => {}]));
        const layout = [];
        for (let run = 0; run < runs * 4; run += 1) {
          const start = performance.now();
          for (let n = 0; n < 20; n += 1) player.paint("ladder", deaf, 900, 600, 1);
          layout.push((performance.now() - start) / 20);
        }
        return { calls, layout };
      },
      { records, runs },
    );
    await other.context.close();
    const { context, page } = await open();
    const result = await page.evaluate(
      async ({ records, runs, calls }) => {
        const { bench } = window;
        const ctx = bench.context();
        const player = bench.player(records);
        player.seek(Math.floor(player.duration_us / 2));
        player.tick(0);
        player.paint("ladder", ctx, 900, 600, 1);
        // A painter as one would write it: a list of numbers and words, and a switch with a case for each call.
        const names = [...new Set(calls.map(([name, args]) => `${name}/${args.length}`))];
        const list = calls.map(([name, args]) => ({ op: names.indexOf(`${name}/${args.length}`), a: args[0], b: args[1], c: args[2], d: args[3], e: args[4], f: args[5] }));
        const cases = names.map((name, op) => {
          const [what, arity] = name.split("/");
          const said = ["i.a", "i.b", "i.c", "i.d", "i.e", "i.f"].slice(0, Number(arity)).join(", ");
          return `case ${op}: ${what.startsWith("=") ? `ctx.${what.slice(1)} = i.a` : `ctx.${what}(${said})`}; break;`;
        });
        const replay = new Function("ctx", "list", `for (const i of list) switch (i.op) { ${cases.join("\n")} }`);
        const time = (paint) => {
          const start = performance.now();
          for (let n = 0; n < 20; n += 1) paint();
          return (performance.now() - start) / 20;
        };
        const painters = [() => player.paint("ladder", ctx, 900, 600, 1), () => replay(ctx, list)];
        const [wasm, script] = [[], []];
        for (let run = 0; run < runs * 8; run += 1) {
          // Now the one first, now the other, so that neither always comes upon what the other has left.
          const first = run % 2;
          const times = [];
          for (const which of [first, 1 - first]) {
            times[which] = time(painters[which]);
            await bench.painted();
          }
          // The first few warm up.
          if (run < 4) continue;
          wasm.push(times[0]);
          script.push(times[1]);
        }
        player.free();
        ctx.canvas.remove();
        return { wasm, script };
      },
      { records, runs, calls },
    );
    await context.close();
    const ratio = median(result.wasm.map((time, run) => time / result.script[run]));
    row(`${name}: ${calls.length} calls, by wasm`, `${fixed(median(result.wasm), 3)} ms`, "");
    row("  of it writing them down and crossing over (a deaf canvas)", `${fixed(median(layout), 3)} ms`, "");
    row("  the same calls by JavaScript", `${fixed(median(result.script), 3)} ms, ratio ${fixed(ratio)}`, judged(ratio <= 1.3, "ratio at most 1.3"));
  }
}

/** An action while a long run plays, until the screen shows it. */
async function act() {
  part("input to visible change while playing 10,000 segments (from the input to the end of the frame that shows it; Chromium asks for one every 16.7 ms)");
  const { context, page } = await open();
  const result = await page.evaluate(
    async ({ actions }) => {
      const { bench } = window;
      const count = await bench.load(40_000);
      const { host } = bench.element;
      const segments = () => bench.element.player.outline(0, 2000).filter((row) => row.kind === "send").length / 2000;
      const share = segments();
      const [work, wait, frame, idle] = [[], [], [], []];
      const settle = async (frames) => {
        for (let n = 0; n < frames; n += 1) await bench.painted();
      };
      // Somewhere between two frames, as a hand would.
      const between = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 16));
      // What a frame takes in which nothing has changed: less is not to be had on this machine.
      for (let index = 0; index < actions; index += 1) {
        await settle(2);
        await between();
        const start = performance.now();
        idle.push((await bench.painted()) - start);
      }
      host.command((p) => {
        p.seek(Math.floor(p.duration_us / 2));
        p.play();
      });
      await bench.painted();
      for (let index = 0; index < actions; index += 1) {
        await settle(8);
        await between();
        const start = performance.now();
        host.act({ kind: "link", direction: "both", name: "latency", value: `${2 + (index % 5)}ms` });
        const end = performance.now();
        const { asked, done } = await bench.shown();
        work.push(end - start);
        wait.push(Math.max(asked - end, 0));
        frame.push(done - start);
        host.command((p) => p.play());
      }
      return { count, share, work, wait, frame, idle };
    },
    { actions: runs * 8 },
  );
  const said = (times) => `${fixed(median(times))} ms, p95 ${fixed(quantile(times, 0.95))}`;
  row(`acting, ${result.count} records (${Math.round(result.count * result.share)} segments)`, said(result.work), "");
  row("then waiting until the screen asks for a frame", said(result.wait), "");
  row("from the input to the end of that frame", said(result.frame), judged(median(result.frame) < 16, "median under 16 ms"));
  row("the same where nothing is done and nothing moves", said(result.idle), "the least there is on this machine now");
  await context.close();
}

/** Bytes, and how long a slow line takes to the first words and to a page that plays. */
async function load() {
  part("bytes and loading (slow 4G: 1.6 Mbit/s, 150 ms)");
  const sizes = JSON.parse(await readFile(join(DIST, "sizes.json"), "utf8"));
  row("element + wasm, gzip", `${fixed(sizes.element / 1000, 1)} kB`, judged(sizes.element <= 86_000, "at most 86 kB"));
  row("stand-alone page, gzip", `${fixed(sizes.page / 1000, 1)} kB`, judged(sizes.page <= 120_000, "at most 120 kB"));
  const [paints, readies] = [[], []];
  for (let run = 0; run < runs; run += 1) {
    const { context, page } = await open("three-way-handshake", async (page, cdp) => {
      await cdp.send("Network.enable");
      await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 0.75e6 / 8 });
      await page.addInitScript(() => {
        const look = () => {
          if (document.querySelector("tcp-playground")?.player) window.readyAt = performance.now();
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      });
    });
    await page.waitForFunction(() => window.readyAt && performance.getEntriesByName("first-contentful-paint").length > 0);
    const times = await page.evaluate(() => [performance.getEntriesByName("first-contentful-paint")[0].startTime, window.readyAt]);
    paints.push(times[0]);
    readies.push(times[1]);
    await context.close();
  }
  row("first contentful paint", `${fixed(median(paints), 0)} ms`, "reported");
  row("the first scenario can be played", `${fixed(median(readies), 0)} ms`, "reported");
}

/** How long each task of the page's main thread took while `during` ran: on the clock, and of the processor's time, which others on the machine do not lengthen. */
async function tasksOf(during) {
  const session = await browser.newBrowserCDPSession();
  const events = [];
  session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: ["toplevel"] } });
  await during();
  await session.send("Tracing.end");
  await complete;
  await session.detach();
  const thread = ({ pid, tid }) => `${pid}/${tid}`;
  const main = new Set(events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(thread));
  return events
    .filter((event) => event.ph === "X" && event.name === "ThreadControllerImpl::RunTask" && main.has(thread(event)))
    .map(({ dur, tdur }) => ({ clock: dur / 1000, processor: (tdur ?? dur) / 1000 }));
}

/** The longest of some tasks, and how many are long; only the processor's time is judged. */
function heaviest(tasks) {
  const of = (what) => {
    const times = tasks.map((task) => task[what]);
    return { worst: Math.max(0, ...times), long: times.filter((time) => time > LONG_MS).length };
  };
  return { processor: of("processor"), clock: of("clock") };
}
const LONG_MS = 50;
const saidOf = ({ processor, clock }) =>
  `worst ${fixed(processor.worst, 0)} ms (on the clock ${fixed(clock.worst, 0)})${processor.long > 0 ? `, ${processor.long} long` : ""}`;

/** From the first byte to the first picture at a quarter of the processor. */
async function start() {
  part("tasks up to the first picture and the panels beside it at 4 × CPU throttling");
  const all = [];
  for (let run = 0; run < Math.min(runs, 5); run += 1) {
    let opened;
    const tasks = await tasksOf(async () => {
      opened = await open("three-way-handshake", (_, cdp) => cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 }));
      await opened.page.waitForFunction(() => document.querySelector("tcp-playground").lazy !== undefined);
      await opened.page.waitForTimeout(1000);
    });
    all.push(heaviest(tasks));
    await opened.context.close();
  }
  const typical = all.sort((a, b) => a.processor.worst - b.processor.worst)[Math.floor(all.length / 2)];
  row("loading the page", saidOf(typical), judged(typical.processor.long === 0, "none over 50 ms of the processor"));
}

/** Every scenario at a quarter of the processor, the whole of it in a few seconds. */
async function play() {
  part(`playing each scenario at 4 × CPU throttling (the whole of each in ${scenarioSeconds} s, never slower than usual)`);
  const { context, page, cdp } = await open();
  const ids = await page.evaluate(() => window.bench.element.host.instance.engine.catalogue().map(({ id }) => id));
  await page.evaluate(() => window.bench.element.loadPanels());
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const every = [];
  for (const id of ids) {
    // Opening it is no part of playing it.
    await page.evaluate((id) => window.bench.element.host.open({ kind: "scenario", id }, {}), id);
    await page.waitForTimeout(600);
    const tasks = await tasksOf(() =>
      page.evaluate(async (seconds) => {
        const { host } = window.bench.element;
        const from = performance.now();
        host.command((p) => {
          p.set_speed(Math.max(1, p.play_duration_ms / 1000 / seconds));
          p.set_checkpoints(false);
          p.play();
        });
        while (!host.player.ended && performance.now() - from < seconds * 2000) await window.bench.painted();
      }, scenarioSeconds),
    );
    const found = heaviest(tasks);
    every.push(found);
    row(id, saidOf(found), found.processor.long > 0 ? judged(false, "none over 50 ms of the processor") : "");
  }
  const slow = every.filter(({ processor }) => processor.long > 0).length;
  const late = every.filter(({ clock }) => clock.long > 0).length;
  row(`${ids.length} scenarios, with a task over 50 ms`, `${slow} (on the clock ${late})`, judged(slow === 0, "none over 50 ms of the processor"));
  await context.close();
}

await stat(join(DIST, "index.html")).catch(() => {
  console.error("web/dist is not built: cargo xtask build");
  process.exit(1);
});
console.log(`Chromium ${browser.version()}, medians of ${runs} and more`);
for (const [name, measure] of Object.entries({ load, start, seek, frame, paint, act, play })) {
  if (!wanted(name)) continue;
  try {
    await measure();
  } catch (error) {
    console.log(`  ${name} could not be measured: ${error.message}`);
  }
}
await browser.close();
server.close();
