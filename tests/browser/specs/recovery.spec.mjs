// Whatever happens to the page, the run is still there or is offered back.
import { ask, expect, open, ready, test } from "../lib/test.mjs";
import { hash, seek, sends, snap } from "../lib/hands.mjs";

const actions = (page) => page.evaluate(() => document.querySelector("tcp-playground").player.run_text().match(/^do .*$/gm) ?? []);

/** Makes the engine break for real, in its own memory, at the next call that `when` names. */
const breakAt = (page, when) => page.evaluate((name) => {
  const { player } = document.querySelector("tcp-playground");
  const own = Object.getPrototypeOf(player)[name];
  player[name] = (...args) => {
    player.__wbg_ptr = 0xffff_fff0;
    return own.apply(player, args);
  };
}, when);

async function drop(page) {
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("Delete");
}

async function selectSyn(page) {
  await seek(page, 40);
  const [syn] = await sends(page, "A", "S");
  await page.evaluate((id) => document.querySelector("tcp-playground").select(id), syn.id);
}

test("the engine breaks right after an act: the act is not lost", async ({ page }) => {
  await open(page);
  await selectSyn(page);
  await drop(page);
  const before = [await hash(page), await actions(page)];
  expect(before[1]).toEqual(["do 40ms drop A#1 S"]);
  await page.evaluate(() => {
    const element = document.querySelector("tcp-playground");
    // Another act and the break come before anything could be kept.
    element.host.act({ kind: "set", host: "A", name: "msl", value: "1s" });
    element.host.command((player) => {
      player.__wbg_ptr = 0xffff_fff0;
      player.record(0);
    });
  });
  await expect(page.getByText("your run is back.")).toBeVisible();
  expect(await actions(page)).toEqual(["do 40ms drop A#1 S", "do 40ms set A msl 1s"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => hash(page)).toBe(before[0]);
});

test("the engine breaks at an act: the run is back without it, the report has it", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await open(page);
  await selectSyn(page);
  await page.evaluate(() => document.querySelector("tcp-playground").host.act({ kind: "set", host: "A", name: "msl", value: "1s" }));
  const before = await hash(page);
  await breakAt(page, "act");
  await drop(page);
  await expect(page.getByText("your run is back without it")).toBeVisible();
  expect(await hash(page)).toBe(before);
  expect(await ask(page, "position_us")).toBe(40_000);
  await page.getByRole("button", { name: "Copy the run for a report" }).click();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  expect(report.match(/^do .*$/gm)).toEqual(["do 40ms set A msl 1s", "do 40ms drop A#1 S"]);
  // It goes on: the same act in the new instance does what it should.
  await selectSyn(page);
  await drop(page);
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(2);
});

test("the engine breaks again and again: first what was done last goes, then it says so", async ({ page }) => {
  await open(page);
  await selectSyn(page);
  await drop(page);
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(2);
  // In one go: what breaks again much later is another trouble.
  const left = await page.evaluate(async () => {
    const element = document.querySelector("tcp-playground");
    const seen = [];
    // There may be one more state to go back to, by when the run was last kept.
    for (let turn = 0; turn < 4 && !element.problem; turn += 1) {
      const broken = element.player;
      element.host.command((player) => {
        player.__wbg_ptr = 0xffff_fff0;
        player.record(0);
      });
      while (!element.problem && (!element.player || element.player === broken)) await new Promise((resolve) => setTimeout(resolve, 10));
      seen.push(element.problem ? element.problem.code : `${element.player.run_text().match(/^do .*$/gm) ?? "nothing"}, ${element.toast.text}`);
    }
    return seen;
  });
  expect(left[0]).toMatch(/^do 40ms drop A#1 S, .* your run is back\.$/);
  expect(left[1]).toMatch(/^nothing, .*your run is back without it/);
  expect(left.at(-1)).toBe("engine-trap");
  await expect(page.getByRole("alert")).toContainText("The engine stopped");
  await expect(page.getByRole("button", { name: "Copy the run for a report" })).toBeVisible();
  await page.getByRole("button", { name: "Try again" }).click();
  await ready(page);
});

test("the engine breaks in mid-play: both futures are back", async ({ page }) => {
  await open(page, "/index.html", { scenario: "four-way-close" });
  await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.seek_play(player.play_duration_ms)));
  await seek(page, 90);
  const [answer] = await sends(page, "B", "S.");
  await page.evaluate((id) => document.querySelector("tcp-playground").select(id), answer.id);
  await drop(page);
  await expect(page.getByText("another future")).toBeVisible();
  const before = await snap(page);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await breakAt(page, "tick");
  await expect(page.getByText("your run is back.")).toBeVisible();
  expect(await snap(page)).toEqual(before);
  expect(await page.evaluate(() => document.querySelector("tcp-playground").player.branches().length)).toBe(2);
});

test("a reload right after an act brings it back, with both futures", async ({ page }) => {
  await open(page);
  await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.seek_play(player.play_duration_ms)));
  await selectSyn(page);
  await drop(page);
  await expect(page.getByText("another future")).toBeVisible();
  const before = await hash(page);
  await page.reload();
  await ready(page);
  expect(await hash(page)).toBe(before);
  expect(await page.evaluate(() => document.querySelector("tcp-playground").player.branches().length)).toBe(2);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(1);
});

test("back and forward find each run as it was left", async ({ page }) => {
  await open(page);
  await selectSyn(page);
  await drop(page);
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(2);
  const first = await hash(page);
  await page.getByRole("link", { name: "An empty world" }).click();
  await expect(page.getByRole("region", { name: /An empty world/ })).toBeVisible();
  await ready(page);
  await page.evaluate(() => document.querySelector("tcp-playground").host.act({ kind: "connect", host: "A" }));
  const second = await hash(page);
  await page.waitForTimeout(500);
  await page.goBack();
  await expect.poll(() => hash(page)).toBe(first);
  await page.goForward();
  await expect.poll(() => hash(page)).toBe(second);
  await expect(page.getByRole("region", { name: /An empty world/ })).toBeVisible();
  // And from another page altogether.
  await page.goto("/embed.html");
  await page.goBack();
  await ready(page);
  await expect.poll(() => hash(page)).toBe(second);
});

test("a second tab does not take the first one's run, and is offered it", async ({ page, context }) => {
  await open(page);
  await selectSyn(page);
  await drop(page);
  const mine = await hash(page);
  await expect.poll(() => page.evaluate(() => localStorage.getItem("tcp-playground.run") !== null)).toBe(true);
  const other = await context.newPage();
  await other.goto("/index.html");
  await ready(other);
  expect(await hash(other)).not.toBe(mine);
  await expect(other.getByText("The run you left is kept: The three-way handshake")).toBeVisible();
  await other.getByRole("button", { name: "Bring it back" }).click();
  await expect.poll(() => hash(other)).toBe(mine);
  // What the second does now is its own.
  await other.evaluate(() => document.querySelector("tcp-playground").host.act({ kind: "unplug", host: "B" }));
  const theirs = await hash(other);
  await other.reload();
  await ready(other);
  expect(await hash(other)).toBe(theirs);
  await page.reload();
  await ready(page);
  expect(await hash(page)).toBe(mine);
});

test("with storage refused a reload brings the run back all the same", async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException("The operation is insecure.", "SecurityError"); } });
    }
  });
  await open(page);
  await selectSyn(page);
  await drop(page);
  const before = await hash(page);
  await page.reload();
  await ready(page);
  expect(await hash(page)).toBe(before);
});
