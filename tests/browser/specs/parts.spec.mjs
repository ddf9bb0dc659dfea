import { expect, open, ready, test } from "../lib/test.mjs";

const EMBED = "/embed.html";

test("what is hidden is gone, from keys and menus too", async ({ page }) => {
  await open(page, EMBED, { scenario: "four-way-close", hide: "views acts seek undo why,branches editor help" });
  for (const name of ["States", "Why?", "Branches"]) await expect(page.getByRole("tab", { name })).toHaveCount(0);
  await expect(page.getByRole("tab", { name: "Events" })).toBeVisible();
  for (const name of ["Host A", "Undo", "Restart", "Help and keys"]) await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
  await expect(page.getByRole("slider")).toHaveCount(0);
  const canvas = page.locator("canvas[data-view=ladder]");
  await canvas.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("?");
  await expect(page.locator(".count")).toContainText("event 1 of");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".count")).toContainText("event 2 of");
  await page.getByRole("button", { name: "More" }).click();
  await expect(page.getByRole("menuitem", { name: "Share" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Run as text" })).toHaveCount(0);
});

test("what is locked is in sight, does nothing, and says so", async ({ page }) => {
  await open(page, EMBED, { scenario: "four-way-close", lock: "acts,seek,settings", lang: "en" });
  const told = page.getByRole("status").filter({ hasText: "locked" });
  await page.getByRole("button", { name: "Host A", exact: true }).click();
  await expect(told).toBeVisible();
  await expect(page.getByRole("menu")).toHaveCount(0);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("End");
  await expect(page.locator(".count")).toContainText("event 1 of");
  await page.keyboard.press("ArrowRight");
  const before = await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash());
  const acted = await page.evaluate(async () => {
    const element = document.querySelector("tcp-playground");
    element.host.command((player) => player.step(2));
    const sent = element.player.outline(0, 40).find((row) => row.kind === "send");
    element.select(sent.id);
    return sent.id;
  });
  expect(acted).toBeGreaterThan(0);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("Delete");
  expect(await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash())).toBe(before);
  await page.getByRole("button", { name: "More" }).click();
  await expect(page.getByRole("menuitem", { name: /Settings/ })).toHaveAttribute("aria-disabled", "true");
});

test("a part nobody knows is told of, with those there are", async ({ page }) => {
  await page.goto(`${EMBED}?scenario=three-way-handshake&hide=everything`);
  await ready(page);
  const told = page.getByRole("status").filter({ hasText: "hide cannot be “everything”" });
  await expect(told).toBeVisible();
  await expect(told).toContainText("branches");
});

test("panels can be taken away altogether", async ({ page }) => {
  await open(page, EMBED, { scenario: "three-way-handshake", hide: "panels" });
  await expect(page.getByRole("tabpanel")).toHaveCount(1);
  await expect(page.locator(".side")).toHaveCount(0);
});
