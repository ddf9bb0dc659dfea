// The engine comes in two parts: the first picture is there with the first of them.
import { expect, test } from "../lib/test.mjs";

/** Holds the second part back until it is let go. */
async function held(page) {
  let letGo;
  const gate = new Promise((resolve) => (letGo = resolve));
  await page.route("**/playground_rest.wasm", async (route) => {
    await gate;
    await route.continue();
  });
  return letGo;
}

const started = (page) => page.waitForFunction(() => document.querySelector("tcp-playground")?.player !== undefined);
const whole = (page) => page.evaluate(() => document.querySelector("tcp-playground").host.instance?.whole);

for (const scenario of ["three-way-handshake", "four-way-close"]) {
  test(`${scenario} plays to its end before the rest has come`, async ({ page }) => {
    const letGo = await held(page);
    await page.goto(`/index.html?scenario=${scenario}`);
    await started(page);
    await page.evaluate(() => {
      const { player, host } = document.querySelector("tcp-playground");
      host.command((engine) => engine.set_speed(8));
      if (!player.playing) host.command((engine) => engine.play());
    });
    await page.waitForFunction(() => document.querySelector("tcp-playground").player?.ended);
    expect(await whole(page)).toBe(false);
    letGo();
    await page.waitForFunction(() => document.querySelector("tcp-playground").host.instance?.whole);
  });
}

test("what is done before the rest has come is done when it comes", async ({ page }) => {
  const letGo = await held(page);
  await page.goto("/index.html?scenario=four-way-close");
  await started(page);
  await page.evaluate(() => {
    const { host } = document.querySelector("tcp-playground");
    host.command((player) => player.pause());
    host.command((player) => player.seek(30_000));
    host.act({ kind: "unplug", host: "B" });
  });
  letGo();
  await page.waitForFunction(() => document.querySelector("tcp-playground").player?.can_undo);
  const now = await page.evaluate(() => {
    const { player, toast, problem } = document.querySelector("tcp-playground");
    return { at: player.position_us, problem, toast: toast?.text ?? "", run: player.run_text() };
  });
  expect(now).toMatchObject({ at: 30_000, problem: undefined });
  expect(now.run).toContain("unplug");
  expect(now.toast).not.toContain("broke");
});

test("a run that needs the rest waits for it", async ({ page }) => {
  const letGo = await held(page);
  await page.goto("/index.html?scenario=syn-flood");
  await page.waitForTimeout(500);
  letGo();
  await started(page);
  await page.evaluate(() => {
    const { host, player } = document.querySelector("tcp-playground");
    host.command(() => player.seek_play(player.play_duration_ms));
  });
  expect(await page.evaluate(() => document.querySelector("tcp-playground").problem)).toBeUndefined();
});

test.describe("without the rest", () => {
  test.use({ allowed: [[/playground_rest/, /ERR_FAILED/], { option: true }] });
  test("the first picture is shown all the same", async ({ page }) => {
    await page.route("**/playground_rest.wasm", (route) => route.abort());
    await page.goto("/index.html?scenario=three-way-handshake");
    await started(page);
    await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.seek_play(player.play_duration_ms)));
    await page.waitForFunction(() => document.querySelector("tcp-playground").player.records_now > 5);
  });
});
