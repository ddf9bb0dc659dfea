import { ask, expect, open, pointOf, test } from "../lib/test.mjs";

test("steps, chapters, ends and tenths by key", async ({ page }) => {
  await open(page, "/index.html", { scenario: "four-way-close" });
  const canvas = page.locator("canvas[data-view=ladder]");
  await canvas.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => ask(page, "event_index")).toBe(3);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => ask(page, "event_index")).toBe(2);
  await page.keyboard.press("End");
  await expect.poll(async () => (await ask(page, "event_index")) === (await ask(page, "event_count"))).toBe(true);
  await page.keyboard.press("Home");
  await expect.poll(() => ask(page, "position_us")).toBe(0);
  await page.keyboard.press("Shift+ArrowRight");
  const chapter = await ask(page, "position_us");
  expect(chapter).toBeGreaterThan(0);
  await page.keyboard.press("5");
  const [now, whole] = [await ask(page, "play_ms"), await ask(page, "play_duration_ms")];
  expect(Math.abs(now / whole - 0.5)).toBeLessThan(0.02);
});

test("space plays and pauses, angle brackets change the speed", async ({ page }) => {
  await open(page);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("Space");
  await expect.poll(() => ask(page, "playing")).toBe(true);
  await page.keyboard.press("Space");
  await expect.poll(() => ask(page, "playing")).toBe(false);
  await page.keyboard.press(">");
  await expect.poll(() => ask(page, "speed")).toBe(2);
  await page.keyboard.press("<");
  await page.keyboard.press("<");
  await expect.poll(() => ask(page, "speed")).toBe(0.5);
});

test("single keys can be switched off, and belong to fields while one types", async ({ page }) => {
  await open(page, "/embed.html", { keyboard: "off" });
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("k");
  expect(await ask(page, "playing")).toBe(false);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => ask(page, "event_index")).toBe(2);
});

test("no key does anything while the focus is elsewhere on the page", async ({ page }) => {
  await open(page);
  await page.getByRole("combobox", { name: "Language" }).focus();
  const before = await ask(page, "event_index");
  await page.keyboard.press("k");
  await page.keyboard.press("Home");
  expect(await ask(page, "playing")).toBe(false);
  expect(await ask(page, "event_index")).toBe(before);
});

test("the slider takes the pointer, and says where it is", async ({ page }) => {
  await open(page, "/index.html", { scenario: "four-way-close" });
  const slider = page.getByRole("slider", { name: "Position in the run" });
  const box = await slider.boundingBox();
  await page.mouse.move(box.x + 4, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  const share = (await ask(page, "play_ms")) / (await ask(page, "play_duration_ms"));
  expect(Math.abs(share - 0.5)).toBeLessThan(0.03);
  await expect(slider).toHaveAttribute("aria-valuetext", /event \d+ of \d+, .*\ss/);
});

test("a segment is selected by a click, and shown with fields and bytes", async ({ page }) => {
  await open(page);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("End");
  const id = await page.evaluate(() => {
    const { player } = document.querySelector("tcp-playground");
    return player.outline(0, player.record_count).find((row) => row.kind === "send").id;
  });
  const point = await pointOf(page, id);
  expect(point).not.toBeNull();
  await page.mouse.click(point.x, point.y);
  const panel = page.getByRole("tabpanel", { name: "Why?" });
  await expect(panel.getByRole("heading", { level: 2 })).toHaveText("A sends SYN seq 0");
  await expect(panel.getByRole("row", { name: /Destination port/ })).toContainText("8080");
  await panel.locator(".cells [data-field=seq]").first().click();
  await expect(panel.locator(".octets .lit")).toHaveCount(4);
  await expect(panel.locator("tr[aria-selected=true]")).toContainText("Sequence number");
  await expect(panel.getByRole("link", { name: /RFC 9293/ }).first()).toHaveAttribute("href", /^https:\/\/www\.rfc-editor\.org\/rfc\/rfc9293#section-/);
});

test("relative and absolute numbers, by one switch", async ({ page }) => {
  await open(page);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("End");
  await page.getByRole("tab", { name: "Events" }).click();
  await expect(page.getByRole("list", { name: "Events" })).toContainText("A sends SYN seq 0");
  await page.getByRole("checkbox", { name: "Absolute numbers" }).check();
  await expect(page.getByRole("list", { name: "Events" })).not.toContainText("A sends SYN seq 0");
  await expect(page.getByRole("list", { name: "Events" })).toContainText(/A sends SYN seq\s\d{5,}/);
});

test("the page scrolls over the picture; only Ctrl and the wheel zoom", async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 600 });
  await open(page);
  const box = await page.locator("canvas[data-view=ladder]").boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + 100);
  await page.mouse.wheel(0, 200);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
  const scrolled = await page.evaluate(() => scrollY);
  const zoom = () => page.evaluate(() => document.querySelector("tcp-playground").player.view_state("ladder").zoom);
  const before = await zoom();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await expect.poll(zoom).toBeGreaterThan(before);
  expect(await page.evaluate(() => scrollY)).toBe(scrolled);
});

test("back and forward lead through the scenarios", async ({ page }) => {
  await open(page);
  await page.getByRole("link", { name: "Closing in four segments" }).click();
  await expect.poll(() => ask(page, "scenario_id")).toBe("four-way-close");
  await expect(page).toHaveURL(/scenario=four-way-close/);
  await page.goBack();
  await expect.poll(() => ask(page, "scenario_id")).toBe("three-way-handshake");
});

test("the help lists the very keys that are bound", async ({ page }) => {
  await open(page);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog", { name: "Help and keys" });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole("row", { name: /One event forward/ })).toContainText("→");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test.describe("by touch", () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 740 } });

  test("tap plays, tap selects, a long press opens the menu", async ({ page }) => {
    await open(page);
    await page.getByRole("button", { name: "One event forward" }).tap();
    await page.getByRole("button", { name: "One event forward" }).tap();
    await expect.poll(() => ask(page, "event_index")).toBe(3);
    const id = await page.evaluate(() => {
      const { player } = document.querySelector("tcp-playground");
      return player.outline(0, player.record_count).find((row) => row.kind === "send").id;
    });
    const point = await pointOf(page, id);
    await page.touchscreen.tap(point.x, point.y);
    await expect.poll(() => ask(page, "selected")).toBe(id);
    const client = await page.context().newCDPSession(page);
    await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    await expect(page.getByRole("menu")).toBeVisible();
    await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  });
});
