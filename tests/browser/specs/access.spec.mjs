import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { ask, expect, open, test } from "../lib/test.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

async function violations(page) {
  await page.waitForTimeout(250);
  const found = await page.evaluate(async () => {
    const result = await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return result.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 4).map((node) => `${node.target.flat().join(" ")} — ${node.failureSummary?.split("\n")[1]?.trim()}`).join(" | ")}`);
  });
  return found;
}

for (const theme of ["light", "dark", "contrast"]) {
  for (const lang of ["en", "ko"]) {
    test(`axe finds nothing: ${theme}, ${lang}`, async ({ page }) => {
      test.setTimeout(120_000);
      await page.addInitScript(([l, th]) => {
        localStorage.setItem("tcp-playground.language", l);
        localStorage.setItem("tcp-playground.theme", th);
      }, [lang, theme]);
      await open(page, "/index.html", { scenario: "four-way-close" });
      await page.evaluate(axe);
      const element = (action) => page.evaluate(async (source) => {
        const player = document.querySelector("tcp-playground");
        await new Function("element", `return (${source})(element)`)(player);
        await player.updateComplete;
      }, action);
      await element("(e) => e.host.command((p) => p.seek_play(p.play_duration_ms))");
      for (const view of ["ladder", "states", "sequence-space", "time-sequence", "compare"]) {
        await element(`(e) => e.showView("${view}")`);
        expect(await violations(page), view).toEqual([]);
      }
      await element("(e) => { e.showView('ladder'); e.select(4); }");
      for (const tab of ["story", "events", "selected", "hosts", "branches"]) {
        await element(`(e) => e.showTab("${tab}")`);
        expect(await violations(page), tab).toEqual([]);
      }
      for (const dialog of ["help", "settings", "share", "editor", "segment"]) {
        await element(`(e) => e.openDialog("${dialog}")`);
        // What is folded away in it counts, too.
        await element("(e) => { for (const folded of e.renderRoot.querySelectorAll('dialog details')) folded.open = true; }");
        expect(await violations(page), dialog).toEqual([]);
        await page.keyboard.press("Escape");
        await expect(page.getByRole("dialog")).toHaveCount(0);
      }
      await element("(e) => e.openMenu({ kind: 'host', place: 'A', x: 300, y: 200 })");
      expect(await violations(page), "menu").toEqual([]);
    });
  }
}

test("problem panels are clean too", async ({ page }) => {
  await page.goto("/index.html?scenario=nonsense");
  await expect(page.getByRole("alert")).toBeVisible();
  await page.evaluate(axe);
  expect(await violations(page)).toEqual([]);
});

test("everything is reached by Tab, with a focus that is seen", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "four-way-close" });
  const names = new Set();
  for (let press = 0; press < 40; press += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => {
      const active = document.querySelector("tcp-playground").shadowRoot.activeElement;
      if (!active) return null;
      const style = getComputedStyle(active);
      return { name: active.getAttribute("aria-label") ?? active.textContent.trim(), outline: `${style.outlineStyle} ${style.outlineWidth}` };
    });
    if (!here) continue;
    names.add(here.name);
    expect(here.outline, here.name).toMatch(/^(solid|auto) [2-9]/);
  }
  for (const name of ["Restart", "One event back", "Play", "One event forward", "Position in the run", "More", "Zoom in", "Story"]) {
    expect([...names]).toContain(name);
  }
});

test("a step is spoken, playing is not", async ({ page }) => {
  await open(page, "/embed.html");
  const live = page.locator("tcp-playground [aria-live=polite].live");
  await page.locator("canvas").first().focus();
  await page.keyboard.press("ArrowRight");
  await expect(live).toContainText("event 2 of 5");
  await expect(live).toContainText("A sends SYN seq 0");
  const said = await live.textContent();
  await page.keyboard.press("k");
  await page.waitForTimeout(1500);
  expect(await live.textContent()).toBe(said);
});

test.describe("reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("plays as a storyboard: event by event, nothing in between", async ({ page }) => {
    await open(page, "/embed.html", { scenario: "four-way-close", speed: 4 });
    await page.getByRole("button", { name: "Play", exact: true }).click();
    const seen = new Set();
    const started = Date.now();
    while (Date.now() - started < 4000) {
      seen.add(await ask(page, "position_us"));
      await page.waitForTimeout(30);
    }
    const count = await ask(page, "event_count");
    expect(seen.size).toBeGreaterThan(1);
    expect(seen.size).toBeLessThanOrEqual(count + 1);
  });

  test("does not start by itself", async ({ page }) => {
    await open(page, "/embed.html", { autoplay: "on" });
    await page.waitForTimeout(300);
    expect(await ask(page, "playing")).toBe(false);
  });
});

test.describe("forced colours", () => {
  test.use({ contextOptions: { forcedColors: "active" } });

  test("the picture is drawn in the reader's colours", async ({ page }) => {
    await open(page, "/embed.html");
    await expect(page.locator("tcp-playground .frame")).toHaveAttribute("data-theme", "forced");
    await page.locator("canvas").first().focus();
    await page.keyboard.press("End");
    await expect(page.locator("canvas").first()).toBeVisible();
  });
});
