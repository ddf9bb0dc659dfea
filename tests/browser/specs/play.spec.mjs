import { ask, expect, open, test } from "../lib/test.mjs";

test("every scenario of the catalogue plays to its end", async ({ page }) => {
  test.setTimeout(240_000);
  await open(page, "/embed.html", { speed: 16 });
  const ids = await page.evaluate(() => document.querySelector("tcp-playground").host.instance.engine.catalogue().map(({ id }) => id));
  expect(ids.length).toBeGreaterThanOrEqual(12);
  for (const id of ids) {
    const outcome = await page.evaluate(async (scenario) => {
      const element = document.querySelector("tcp-playground");
      if (element.player?.scenario_id !== scenario) {
        const fresh = new Promise((resolve) => element.addEventListener("ready", resolve, { once: true }));
        element.setAttribute("scenario", scenario);
        await fresh;
      }
      // The last three seconds at most are watched, the way there is skipped: long runs fold, but there are many.
      const { player } = element;
      element.host.command((p) => p.seek_play(Math.max(0, p.play_duration_ms - 16 * 3000)));
      const ended = new Promise((resolve) => element.addEventListener("ended", resolve, { once: true }));
      element.host.command((p) => p.play());
      await Promise.race([ended, new Promise((_, reject) => setTimeout(reject, 20_000, new Error(`${scenario} does not end`)))]);
      return { events: player.event_index, count: player.event_count, records: player.records_now, all: player.record_count };
    }, id);
    expect(outcome.count, id).toBeGreaterThan(1);
    expect(outcome.events, id).toBe(outcome.count);
    expect(outcome.records, id).toBe(outcome.all);
  }
});

test("the handshake, watched in real time", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect.poll(() => ask(page, "ended"), { timeout: 20_000 }).toBe(true);
  await page.getByRole("tab", { name: "Events" }).click();
  const list = page.getByRole("list", { name: "Events" });
  await expect(list).toContainText("A sends SYN seq 0");
  await expect(list).toContainText("B sends SYN-ACK seq 0 ack 1");
  await expect(list).toContainText("A sends ACK seq 1 ack 1");
  await expect(list).toContainText("B: SYN-RECEIVED → ESTABLISHED");
  await expect(list.locator('[aria-current="step"]').last()).toBeVisible();
});

test("the picture changes as the run goes on", async ({ page }) => {
  await open(page);
  const canvas = page.locator("canvas[data-view=ladder]");
  const before = await canvas.screenshot();
  for (let step = 0; step < 3; step += 1) await page.getByRole("button", { name: "One event forward" }).click();
  await expect.poll(async () => (await canvas.screenshot()).equals(before)).toBe(false);
});

test("a run in the address is opened, and its link leads back to it", async ({ page }) => {
  await open(page, "/index.html", { scenario: "four-way-close" });
  await page.keyboard.press("Tab");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Share" }).click();
  const field = page.getByLabel("Link to this run");
  await expect(field).toHaveValue(/index\.html#v1z?:/);
  const link = await field.inputValue();
  const hash = await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash());
  await page.goto("about:blank");
  await page.goto(link);
  await page.waitForFunction(() => document.querySelector("tcp-playground")?.player !== undefined);
  expect(await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash())).toBe(hash);
});
