import { ask, COURSE, expect, open, PAGE, ready, test } from "../lib/test.mjs";

const SIZES = [
  [1280, 800],
  [768, 1024],
  [360, 740],
  [320, 640],
];

for (const [width, height] of SIZES) {
  test(`nothing sticks out at ${width} × ${height}, in either language`, async ({ page }) => {
    await page.setViewportSize({ width, height });
    for (const lang of ["en", "ko"]) {
      await page.addInitScript((language) => localStorage.setItem("tcp-playground.language", language), lang);
      await open(page, "/index.html", { scenario: "four-way-close" });
      for (const tab of ["story", "events", "selected", "hosts", "branches"]) {
        await page.evaluate((name) => {
          const element = document.querySelector("tcp-playground");
          element.host.command((player) => player.seek_play(player.play_duration_ms));
          element.select(3);
          element.showTab(name);
          return element.updateComplete;
        }, tab);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${lang} ${tab}`).toBeLessThanOrEqual(0);
      }
    }
  });
}

test("every target is at least 24 pixels, at 360 wide too", async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await open(page);
  const small = await page.evaluate(() => {
    const root = document.querySelector("tcp-playground").renderRoot;
    return [...root.querySelectorAll("button, select, input, [role=slider]"), ...document.querySelectorAll("header button, header select, nav a")]
      .filter((target) => target.checkVisibility({ visibilityProperty: true }))
      // A checkbox is as large as its label.
      .map((target) => [(target.closest("label") ?? target).getBoundingClientRect(), target.outerHTML.slice(0, 90)])
      .filter(([box]) => box.width > 0 && (box.width < 24 || box.height < 24))
      .map(([box, text]) => `${Math.round(box.width)}×${Math.round(box.height)} ${text}`);
  });
  expect(small).toEqual([]);
});

test("a course page of another origin plays the frame", async ({ page }) => {
  const query = new URLSearchParams({ player: PAGE, frame: "scenario=four-way-close&lang=ko&theme=dark&controls=full" });
  await page.goto(`${COURSE}/course.html?${query}`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("region", { name: /4-way 연결 해제/ })).toBeVisible();
  await frame.getByRole("button", { name: "재생", exact: true }).click();
  await expect(frame.locator(".count").getByText(/이벤트 [2-9] \/ \d+/)).toBeVisible();
});

test("a sandboxed frame without an origin of its own plays as well", async ({ page }) => {
  const query = new URLSearchParams({ player: PAGE, frame: "scenario=three-way-handshake", sandbox: "allow-scripts" });
  await page.goto(`${COURSE}/course.html?${query}`);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("button", { name: "One event forward" }).click();
  await expect(frame.locator(".count").getByText("event 2 of 5")).toBeVisible();
  await frame.getByRole("button", { name: "More" }).click();
  await expect(frame.getByRole("menuitem", { name: "Settings" })).toBeVisible();
  await expect(frame.getByRole("menuitem", { name: "Full screen" })).toHaveCount(0);
});

test("the element twice on a page of another origin: both play, nothing leaks", async ({ page }) => {
  const query = new URLSearchParams({ player: PAGE });
  query.append("element", "three-way-handshake");
  query.append("element", "simultaneous-open");
  await page.goto(`${COURSE}/course.html?${query}`);
  const players = page.locator("tcp-playground");
  await expect(players).toHaveCount(2);
  for (const [index, name] of ["The three-way handshake", "Both connect at once"].entries()) {
    const player = players.nth(index);
    await player.scrollIntoViewIfNeeded();
    const region = player.getByRole("region", { name: new RegExp(name) });
    await region.getByRole("button", { name: "Play", exact: true }).click();
    await expect.poll(() => player.evaluate((element) => element.player.event_index)).toBeGreaterThan(1);
  }
  const own = await page.locator("#own").evaluate((element) => getComputedStyle(element).color);
  expect(own).toBe("rgb(0, 128, 0)");
  const theirs = await players.first().getByRole("button", { name: "Restart" }).evaluate((element) => getComputedStyle(element).backgroundColor);
  expect(theirs).not.toBe("rgb(255, 105, 180)");
});

test("loading the module a second time does no harm", async ({ page }) => {
  await open(page);
  await page.evaluate(() => import("/tcp-playground.js?again"));
  await page.getByRole("button", { name: "One event forward" }).click();
  await expect.poll(() => ask(page, "event_index")).toBe(2);
});

test("taken out and put back, it goes on where it was; ten times leave nothing running", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "four-way-close" });
  await page.locator("canvas[data-view=ladder]").focus();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowRight");
  const before = await ask(page, "event_index");
  await page.evaluate(async () => {
    const element = document.querySelector("tcp-playground");
    for (let turn = 0; turn < 10; turn += 1) {
      element.remove();
      await new Promise((resolve) => setTimeout(resolve, 20));
      document.body.append(element);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  });
  await ready(page);
  await expect.poll(() => ask(page, "event_index")).toBe(before);
});

test("off-screen it stands still", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "four-way-close" });
  await page.evaluate(() => {
    const spacer = document.createElement("div");
    spacer.style.height = "4000px";
    document.body.append(spacer);
  });
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.evaluate(() => scrollTo(0, 3000));
  await page.waitForTimeout(400);
  const there = await ask(page, "play_ms");
  await page.waitForTimeout(600);
  expect(await ask(page, "play_ms")).toBe(there);
  await page.evaluate(() => scrollTo(0, 0));
  await expect.poll(() => ask(page, "play_ms")).toBeGreaterThan(there);
});
