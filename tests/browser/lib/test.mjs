// The suite's own `test`: whatever a page says on its console as an error, or asks of a foreign origin, fails the test.
import { test as base, expect } from "@playwright/test";
import { COURSE_PORT, PAGE_PORT } from "./server.mjs";

export const PAGE = `http://127.0.0.1:${PAGE_PORT}`;
export const COURSE = `http://127.0.0.1:${COURSE_PORT}`;
const OURS = [PAGE, COURSE, "data:", "blob:"];

export const test = base.extend({
  /** Console errors that a test expects, as regular expressions. */
  allowed: [[], { option: true }],
  page: async ({ page, allowed }, use) => {
    const complaints = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`error: ${error.stack ?? error}`));
    page.on("request", (request) => {
      if (!OURS.some((origin) => request.url().startsWith(origin))) complaints.push(`request: ${request.url()}`);
    });
    await use(page);
    expect(complaints.filter((text) => !allowed.some((pattern) => pattern.test(text)))).toEqual([]);
  },
});
export { expect };

/** Opens the gallery, or the frame page, and waits until its player plays. */
export async function open(page, path = "/index.html", query = {}) {
  await page.goto(`${path}?${new URLSearchParams(query)}`);
  await ready(page);
}

export async function ready(page) {
  await page.waitForFunction(() => document.querySelector("tcp-playground")?.player !== undefined);
  await page.evaluate(() => document.querySelector("tcp-playground").loadPanels());
  await page.waitForFunction(() => document.querySelector("tcp-playground").lazy !== undefined);
}

/** Asks the first element's player. */
export function ask(page, name) {
  return page.evaluate((property) => {
    const value = document.querySelector("tcp-playground").player[property];
    return typeof value === "bigint" ? Number(value) : value;
  }, name);
}

/** Where a record is drawn: a point on its canvas at which a hit says so, as soon as it is painted. */
export async function pointOf(page, record) {
  let point = null;
  await expect.poll(async () => (point = await find(page, record)), { timeout: 5000 }).not.toBeNull();
  return point;
}

function find(page, record) {
  return page.evaluate((id) => {
    const element = document.querySelector("tcp-playground");
    const canvas = element.renderRoot.querySelector("canvas");
    const box = canvas.getBoundingClientRect();
    for (let y = 2; y < box.height; y += 3) {
      for (let x = 2; x < box.width; x += 6) {
        const hit = element.player.hit("ladder", x, y, false);
        if (hit?.id === id) return { x: box.left + x, y: box.top + y };
      }
    }
    return null;
  }, record);
}
