import { expect, ready, test } from "../lib/test.mjs";

test.describe("the page stays usable", () => {
  test("with an unknown scenario", async ({ page }) => {
    await page.goto("/index.html?scenario=five-way-handshake");
    const alert = page.getByRole("alert");
    await expect(alert).toContainText("There is no scenario “five-way-handshake”");
    await page.getByRole("link", { name: "Closing in four segments" }).click();
    await ready(page);
    await expect(alert).toHaveCount(0);
    await expect(page.getByRole("region", { name: /Closing in four segments/ })).toBeVisible();
  });

  test("with a garbled scenario, which is mended in the editor", async ({ page }) => {
    await page.goto("/embed.html");
    await page.evaluate(() => document.querySelector("tcp-playground").setAttribute("scenario", "tcp-playground 1\nscenario mine\nat 0ms B.l lisn 8080\n"));
    const alert = page.getByRole("alert");
    await expect(alert).toContainText("line 3, column");
    await alert.getByRole("button", { name: "Edit the text" }).click();
    const field = page.getByRole("textbox", { name: "Run as text" });
    await expect(page.getByRole("status").filter({ hasText: "Line 3, column" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Run this text" })).toBeDisabled();
    await field.fill("tcp-playground 1\nscenario mine\nat 0ms B.l listen 8080 as s\nat 10ms A.c connect B:8080\n");
    await page.getByRole("button", { name: "Run this text" }).click();
    await ready(page);
    await expect(page.getByRole("region", { name: /Your own run/ })).toBeVisible();
  });

  test("with wrong attributes", async ({ page }) => {
    await page.goto("/embed.html?scenario=three-way-handshake&speed=warp&theme=blue&at=soon&controls=many");
    await ready(page);
    for (const text of ["speed cannot be “warp”", "theme cannot be “blue”", "at cannot be “soon”", "controls cannot be “many”"]) {
      await expect(page.getByRole("status").filter({ hasText: text })).toBeVisible();
    }
    await page.getByRole("button", { name: "One event forward" }).click();
    await expect(page.locator(".count").getByText("event 2 of 5")).toBeVisible();
  });

  test("with a damaged link", async ({ page }) => {
    await page.goto("/index.html#v1z:AAAA_not_deflated");
    await expect(page.getByRole("alert")).toContainText("This link is damaged");
    await ready(page);
  });

  test("with a link of a later version", async ({ page }) => {
    await page.goto("/index.html#v9:AAAA");
    await expect(page.getByRole("alert")).toContainText("newer playground");
    await ready(page);
  });
});

test.describe("delivery", () => {
  test("wasm of the wrong media type is loaded all the same", async ({ page }) => {
    await page.goto("/octet-stream/embed.html?scenario=three-way-handshake");
    await ready(page);
  });

  test.describe("with errors on the console", () => {
    test.use({ allowed: [/Content Security Policy|Content-Security-Policy|wasm|WebAssembly|CSP/i] });

    test("a policy that forbids wasm is named, with its remedy", async ({ page }) => {
      await page.goto("/no-wasm-csp/embed.html?scenario=three-way-handshake");
      await expect(page.getByRole("alert")).toContainText("'wasm-unsafe-eval'");
    });

    test("a page instead of the engine is told from a broken one", async ({ page }) => {
      await page.goto("/html-instead/embed.html?scenario=three-way-handshake&lang=ko");
      await expect(page.getByRole("alert")).toContainText("서버가 엔진이 아닌 것을 보냈습니다");
    });
  });

  test.describe("out of reach", () => {
    test.use({ allowed: [/404|Failed to load/] });

    test("a missing engine is named, and can be tried again", async ({ page }) => {
      await page.goto("/embed.html?scenario=three-way-handshake&wasm-src=/nowhere.wasm");
      await expect(page.getByRole("alert")).toContainText("/nowhere.wasm");
      await page.evaluate(() => document.querySelector("tcp-playground").removeAttribute("wasm-src"));
      await page.getByRole("button", { name: "Try again" }).click();
      await ready(page);
    });
  });
});

test("a trap in the engine rebuilds it from the run, and says so", async ({ page }) => {
  await page.goto("/index.html?scenario=four-way-close");
  await ready(page);
  await page.locator("canvas[data-view=ladder]").focus();
  for (let step = 0; step < 3; step += 1) await page.keyboard.press("ArrowRight");
  const hash = await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash());
  await page.evaluate(() => document.querySelector("tcp-playground").host.command(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
  await expect(page.getByText("your run is back")).toBeVisible();
  expect(await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash())).toBe(hash);
  await page.getByRole("button", { name: "One event forward" }).click();
  await expect(page.locator(".count").getByText("event 5 of 12")).toBeVisible();
});
