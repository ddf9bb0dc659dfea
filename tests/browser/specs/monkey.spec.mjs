import { expect, open, test } from "../lib/test.mjs";

const ACTIONS = Number(process.env.MONKEY_ACTIONS ?? 500);
const SEED = Number(process.env.MONKEY_SEED ?? 20_260_101);

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

test(`a monkey does no harm (${ACTIONS} actions, seed ${SEED})`, async ({ page }) => {
  test.setTimeout(60_000 + ACTIONS * 400);
  const random = chance(SEED);
  const pick = (list) => list[Math.floor(random() * list.length)];
  await open(page, "/embed.html", { scenario: "four-way-close" });
  const log = [];
  for (let turn = 0; turn < ACTIONS; turn += 1) {
    const kind = random();
    const box = await page.locator("canvas").first().boundingBox().catch(() => null);
    const point = () => ({ x: (box?.x ?? 0) + random() * (box?.width ?? 10), y: (box?.y ?? 0) + random() * Math.min(box?.height ?? 10, 500) });
    if (kind < 0.4) {
      const key = pick(KEYS);
      log.push(`key ${key}`);
      if (random() < 0.7) await page.evaluate(() => document.querySelector("tcp-playground").shadowRoot.querySelector("canvas")?.focus());
      await page.keyboard.press(key);
    } else if (kind < 0.6) {
      const { x, y } = point();
      log.push(`click ${Math.round(x)},${Math.round(y)}`);
      await page.mouse.click(x, y, { button: random() < 0.3 ? "right" : "left" });
    } else if (kind < 0.7) {
      const [from, to] = [point(), point()];
      log.push("drag");
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(to.x, to.y, { steps: 3 });
      await page.mouse.up();
    } else {
      // Any control there is, by a click of its own: hidden ones are none.
      const label = await page.evaluate((share) => {
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
      // It still answers.
      const alive = await page.evaluate(() => {
        const element = document.querySelector("tcp-playground");
        return element.player !== undefined && element.problem === undefined && element.player.record_count >= 0;
      });
      expect(alive, log.slice(-60).join("\n")).toBe(true);
    }
  }
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  // The run it made, played anew from its text, is the same run.
  const same = await page.evaluate(() => {
    const element = document.querySelector("tcp-playground");
    const { engine } = element.host.instance;
    const text = element.player.run_text();
    const again = engine.Player.from_text(text);
    const result = [element.player.trace_hash(), again.trace_hash(), text];
    again.free();
    return result;
  });
  expect(same[1], same[2]).toBe(same[0]);
});
