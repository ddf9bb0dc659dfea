// A tab of Firefox for tests. Playwright's own client asks of WebDriver BiDi what Debian's Firefox does not know yet
// (emulation.setMediaFeaturesOverride), so this one is Puppeteer's; runner, assertions and the page's server are the same.
import { access } from "node:fs/promises";
import { test as base, expect } from "@playwright/test";
import puppeteer from "puppeteer-core";
import { PAGE } from "./test.mjs";

export const FIREFOX = process.env.FIREFOX ?? "/usr/bin/firefox-esr";
const there = await access(FIREFOX).then(
  () => true,
  () => false,
);

export const test = base.extend({
  firefox: [
    async ({}, use) => {
      const browser = await puppeteer.launch({
        browser: "firefox",
        executablePath: FIREFOX,
        headless: true,
        extraPrefsFirefox: { "intl.accept_languages": "en-GB, en", "intl.locale.requested": "en-GB" },
      });
      await use(browser);
      await browser.close();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  /** A fresh tab, without what others have stored. What it says on its console as an error fails the test. */
  tab: async ({ firefox }, use) => {
    const context = await firefox.createBrowserContext();
    const tab = await context.newPage();
    await tab.setViewport({ width: 1280, height: 800 });
    const complaints = [];
    tab.on("console", (message) => message.type() === "error" && complaints.push(`console: ${message.text()}`));
    tab.on("pageerror", (error) => complaints.push(`error: ${error}`));
    tab.on("request", (request) => {
      const url = request.url();
      if (![PAGE, "data:", "blob:"].some((origin) => url.startsWith(origin))) complaints.push(`request: ${url}`);
    });
    await use(tab);
    await context.close();
    expect(complaints).toEqual([]);
  },
});
test.skip(!there, `no Firefox at ${FIREFOX} (Debian: apt-get install firefox-esr; or name it in the variable FIREFOX)`);
export { expect };

/** Opens the gallery and waits until its player plays. */
export async function open(tab, query = {}) {
  await tab.goto(`${PAGE}/index.html?${new URLSearchParams(query)}`);
  await tab.waitForFunction(() => document.querySelector("tcp-playground")?.player !== undefined);
  await tab.evaluate(() => document.querySelector("tcp-playground").loadPanels());
}

/** Clicks, with the mouse, the button or tab of the player that is called `name`. (Locators do not reach into shadow roots here.) */
export async function press(tab, name) {
  const find = () =>
    tab.evaluate((wanted) => {
      const { renderRoot } = document.querySelector("tcp-playground");
      const called = (button) => (button.getAttribute("aria-label") ?? button.textContent).trim() === wanted;
      const box = [...renderRoot.querySelectorAll("button")].find(called)?.getBoundingClientRect();
      return box && { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    }, name);
  await expect.poll(find, { message: `a button «${name}»` }).toBeTruthy();
  const { x, y } = await find();
  await tab.mouse.click(x, y);
}

/** What the counter of events says. */
export function counted(tab) {
  return tab.evaluate(() => document.querySelector("tcp-playground").renderRoot.querySelector(".count").textContent.trim());
}
