import { spawnSync } from "node:child_process";
import { paws } from "../lib/paws.mjs";
import { expect, open, test } from "../lib/test.mjs";

const LONG = Boolean(process.env.LONG_TESTS);
/** The command line, if it is built already. */
const CLI = process.env.TCP_PLAYGROUND_CLI?.split(" ") ?? "cargo run --quiet --package cli --".split(" ");
const ACTIONS = Number(process.env.MONKEY_ACTIONS ?? (LONG ? 10_000 : 500));
const SEED = Number(process.env.MONKEY_SEED ?? 20_260_101);
/** So many actions are followed by a look at everything. */
const LEG = 500;
/** Longer than any leg takes, on any machine: something is stuck. */
const LEG_MS = 600_000;

/** A small generator (mulberry32): the same seed makes the same monkey. */
function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KEYS = ["Space", "ArrowRight", "ArrowLeft", "Shift+ArrowRight", "Shift+ArrowLeft", "Home", "End", "5", "<", ">", "r", "ArrowDown", "ArrowUp", "Enter", "Delete", "d", "h", "u", "c", "Control+z", "Control+y", "Escape", "+", "-", "?", "."];

/** Every future, played anew from its text, is the same: in another instance, and in the terminal. */
async function futuresHold(page, limit) {
  const futures = await page.evaluate(async (most) => {
    const element = document.querySelector("tcp-playground");
    const { engine } = element.host.instance;
    const finished = (player) => {
      for (let turn = 0; player.growing && turn < 100_000; turn += 1) player.tick(0);
      return player;
    };
    const all = element.player.branches();
    const current = all.find((branch) => branch.active)?.index;
    const made = [];
    for (const { index } of all.slice(-most)) {
      element.host.rearrange((player) => player.switch_branch(index));
      const { player } = element;
      finished(player);
      const text = player.run_text();
      const again = finished(engine.Player.from_text(text));
      made.push({ here: player.trace_hash(), again: again.trace_hash(), text });
      again.free();
    }
    if (current !== undefined) element.host.rearrange((player) => player.switch_branch(current));
    return made;
  }, limit);
  expect(futures.length).toBeGreaterThan(0);
  for (const { here, again, text } of futures) {
    expect(again, text).toBe(here);
    // A run that ends says which trace it had; the terminal's exit status is whether it has it there too.
    expect(text).toMatch(new RegExp(`^trace ${here}$`, "m"));
    const played = spawnSync(CLI[0], [...CLI.slice(1), "run", "-"], { input: text, encoding: "utf8", cwd: new URL("../../..", import.meta.url), maxBuffer: 1 << 28 });
    expect(played.status, `${played.stderr}\n${text}`).toBe(0);
  }
  return futures.length;
}

/** No control is stuck, whatever the language is by now: a menu still comes and goes, the playback goes to its start. */
async function controlsWork(page) {
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await page.locator(".group.end [aria-haspopup=menu]").click({ timeout: 20_000 });
  await expect(page.getByRole("menu")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("menu")).toHaveCount(0);
  await page.locator("[data-command=restart]").click({ timeout: 20_000 });
  await expect.poll(() => page.evaluate(() => document.querySelector("tcp-playground").player.position_us)).toBe(0);
}

test(`a monkey does no harm (${ACTIONS} actions, seed ${SEED})`, async ({ page }) => {
  // What is slow is not stuck: each leg has its own limit, and says how far it got.
  test.setTimeout(Math.ceil(ACTIONS / LEG + 1) * LEG_MS);
  const random = chance(SEED);
  const pick = (list) => list[Math.floor(random() * list.length)];
  await open(page, "/embed.html", { scenario: "four-way-close" });
  const { ask, key, click, drag } = await paws(page);
  const log = [];
  // What the page complains of fails the test at its end, and here at once.
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error.stack ?? error)));
  let began = Date.now();
  for (let turn = 0; turn < ACTIONS; turn += 1) {
    const kind = random();
    const focus = kind < 0.4 && random() < 0.7;
    const box = await ask((wanted) => {
      const canvas = document.querySelector("tcp-playground").shadowRoot.querySelector("canvas");
      if (wanted) canvas?.focus();
      const { x = 0, y = 0, width = 10, height = 10 } = canvas?.getBoundingClientRect() ?? {};
      return { x, y, width, height };
    }, focus);
    const point = () => ({ x: box.x + random() * box.width, y: box.y + random() * Math.min(box.height, 500) });
    if (kind < 0.4) {
      const name = pick(KEYS);
      log.push(`key ${name}`);
      await key(name);
    } else if (kind < 0.6) {
      const at = point();
      log.push(`click ${Math.round(at.x)},${Math.round(at.y)}`);
      await click(at, random() < 0.3 ? "right" : "left");
    } else if (kind < 0.7) {
      log.push("drag");
      await drag(point(), point());
    } else {
      // Any control there is, by a click of its own: hidden ones are none.
      const label = await ask((share) => {
        const root = document.querySelector("tcp-playground").shadowRoot;
        const scope = root.querySelector("dialog[open]") ?? root.querySelector(".menu") ?? root;
        const controls = [...scope.querySelectorAll("button, input[type=checkbox], select, summary")]
          .filter((control) => control.checkVisibility({ visibilityProperty: true }) && !/full-screen/.test(control.dataset.command ?? ""))
          // Files and the way out of the page are not for monkeys.
          .filter((control) => !/save|Save|ladder as/i.test(control.textContent));
        const control = controls[Math.floor(share * controls.length)];
        if (!control) return "nothing";
        if (control.localName === "select") {
          control.selectedIndex = Math.floor((share * 997) % control.options.length);
          control.dispatchEvent(new Event("change", { bubbles: true }));
        } else control.click();
        return (control.getAttribute("aria-label") ?? control.textContent).trim().slice(0, 40);
      }, random());
      log.push(`press ${label}`);
    }
    if (turn % 50 === 49) {
      // It still answers, and said nothing wrong.
      expect(complaints, log.slice(-60).join("\n")).toEqual([]);
      const alive = await ask(() => {
        const element = document.querySelector("tcp-playground");
        return element.player !== undefined && element.problem === undefined && element.player.record_count >= 0;
      });
      if (!alive) throw new Error(`after ${turn + 1} actions it does not answer:\n${log.slice(-60).join("\n")}`);
    }
    if ((turn + 1) % LEG === 0 || turn + 1 === ACTIONS) {
      const legMs = Date.now() - began;
      const futures = await futuresHold(page, turn + 1 === ACTIONS ? 12 : 4);
      await controlsWork(page);
      const { records, acts } = await ask(() => {
        const { player } = document.querySelector("tcp-playground");
        return { records: player.record_count, acts: player.run_text().match(/^do /gm)?.length ?? 0 };
      });
      console.log(`${turn + 1} of ${ACTIONS} actions: ${(legMs / 1000).toFixed(0)} s for the last, ${((Date.now() - began - legMs) / 1000).toFixed(0)} s for ${futures} futures; ${records} records, ${acts} acts in this one`);
      if (legMs > LEG_MS / 2) throw new Error(`these ${LEG} actions took ${legMs} ms:\n${log.slice(-60).join("\n")}`);
      began = Date.now();
    }
  }
  // Nothing that can be undone is stuck.
  const undone = await page.evaluate(() => {
    const element = document.querySelector("tcp-playground");
    let turns = 0;
    for (; element.player.can_undo && turns < 100_000; turns += 1) element.host.undo();
    return { turns, left: element.player.can_undo, branches: element.player.branches().length, acts: element.player.run_text().match(/^do /gm) };
  });
  expect(undone.left).toBe(false);
  expect(undone.acts).toBeNull();
});
