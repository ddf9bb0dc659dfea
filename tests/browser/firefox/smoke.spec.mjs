// The page in another engine than the other suites'.
import { counted, expect, open, press, test } from "../lib/firefox.mjs";

const hash = (tab) => tab.evaluate(() => document.querySelector("tcp-playground").player.trace_hash());
const within = (tab, selector) => tab.evaluate((wanted) => document.querySelector("tcp-playground").renderRoot.querySelector(wanted)?.textContent ?? "", selector);

test("it loads, plays, steps, seeks and paints", async ({ tab }) => {
  await open(tab);
  await expect.poll(() => counted(tab)).toMatch(/event 1 of \d+/);
  await press(tab, "Play");
  await expect.poll(() => counted(tab)).not.toMatch(/event 1 of/);
  await press(tab, "Pause");
  await press(tab, "Restart");
  await press(tab, "One event forward");
  await expect.poll(() => counted(tab)).toMatch(/event 2 of/);
  const box = await tab.evaluate(() => {
    const { left, top, width, height } = document.querySelector("tcp-playground").renderRoot.querySelector(".slider").getBoundingClientRect();
    return { left, top, width, height };
  });
  await tab.mouse.click(box.left + box.width * 0.98, box.top + box.height / 2);
  await expect.poll(() => tab.evaluate(() => document.querySelector("tcp-playground").player.event_index)).toBeGreaterThan(3);
  const colours = await tab.evaluate(() => {
    const canvas = document.querySelector("tcp-playground").renderRoot.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set();
    for (let at = 0; at < data.length; at += 4) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
    return seen.size;
  });
  expect(colours).toBeGreaterThan(20);
});

test("what is clicked in the picture is selected, and says why", async ({ tab }) => {
  await open(tab, { scenario: "four-way-close" });
  const point = await tab.evaluate(async () => {
    const element = document.querySelector("tcp-playground");
    element.host.command((player) => player.seek(150_000));
    const { id } = element.player.outline(0, 40).find((row) => row.kind === "send");
    for (let tries = 0; tries < 100; tries += 1) {
      await new Promise(requestAnimationFrame);
      const box = element.renderRoot.querySelector("canvas").getBoundingClientRect();
      for (let y = 2; y < box.height; y += 3)
        for (let x = 2; x < box.width; x += 6)
          if (element.player.hit("ladder", x, y, false)?.id === id) return { x: box.left + x, y: box.top + y };
    }
    return null;
  });
  await tab.mouse.click(point.x, point.y);
  await expect.poll(() => within(tab, ".selected h2")).toMatch(/A sends SYN/);
  await expect.poll(() => within(tab, ".why a")).toMatch(/RFC 9293/);
});

test("it acts by keyboard alone, and takes back", async ({ tab }) => {
  await open(tab, { scenario: "four-way-close" });
  await tab.evaluate(() => document.querySelector("tcp-playground").renderRoot.querySelector("canvas").focus());
  await tab.keyboard.press("ArrowRight");
  await expect.poll(() => counted(tab)).toMatch(/event 2 of/);
  const before = await hash(tab);
  for (let record = 0; record < 8; record += 1) {
    await tab.keyboard.press("ArrowDown");
    if (await tab.evaluate(() => { const { player } = document.querySelector("tcp-playground"); return player.record(player.selected).kind === "send"; })) break;
  }
  await tab.keyboard.press("Delete");
  await expect.poll(() => hash(tab)).not.toBe(before);
  await tab.keyboard.down("Control");
  await tab.keyboard.press("z");
  await tab.keyboard.up("Control");
  await expect.poll(() => hash(tab)).toBe(before);
  await tab.keyboard.press("?");
  await expect.poll(() => within(tab, "dialog[open] h2")).toBe("Help and keys");
  // A key that comes before the dialog has the focus goes to what had it before.
  await expect.poll(() => tab.evaluate(() => document.querySelector("tcp-playground").renderRoot.activeElement?.closest("dialog") instanceof HTMLElement)).toBe(true);
  await tab.keyboard.press("Escape");
  await expect.poll(() => within(tab, "dialog h2")).toBe("");
});

test("views, a menu, and the other language", async ({ tab }) => {
  await open(tab, { scenario: "loss-and-recovery" });
  await tab.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.seek_play(player.play_duration_ms / 2)));
  for (const name of ["States", "Sequence space", "Time–sequence", "Ladder"]) {
    await press(tab, name);
    await expect.poll(() => tab.evaluate(() => document.querySelector("tcp-playground").renderRoot.querySelectorAll("canvas[data-empty]").length)).toBe(0);
  }
  await press(tab, "Host A");
  await expect.poll(() => within(tab, ".menu")).toMatch(/Pull the plug/);
  await tab.keyboard.press("Escape");
  await expect.poll(() => within(tab, ".menu")).toBe("");
  await tab.select("header select", "ko");
  await expect.poll(() => within(tab, ".views")).toMatch(/시간 흐름도/);
});
