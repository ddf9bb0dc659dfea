// Pictures to look at: node lib/shots.mjs OUT [scenario@share …]; not a test.
import { mkdir } from "node:fs/promises";
import { chromium } from "@playwright/test";

const out = process.argv[2] ?? "out";
const wanted = process.argv.slice(3);
await mkdir(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const wish of wanted) {
  // scenario@0.5,size=phone,theme=dark,lang=ko,view=states,tab=events,select=3
  const [scenario, rest = ""] = wish.split("@");
  const options = Object.fromEntries(rest.split(",").map((part) => part.split("=")).map(([k, v]) => (v === undefined ? ["at", k] : [k, v])));
  const size = { phone: { width: 360, height: 740 }, wide: { width: 1680, height: 1000 }, tiny: { width: 320, height: 640 } }[options.size] ?? { width: 1280, height: 800 };
  const context = await browser.newContext({ viewport: size, colorScheme: options.theme === "dark" ? "dark" : "light", locale: options.lang === "ko" ? "ko-KR" : "en-GB", deviceScaleFactor: Number(options.dpr ?? 1), hasTouch: options.size === "phone" });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && console.log(`[${wish}] ${message.text()}`));
  page.on("pageerror", (error) => console.log(`[${wish}] ${error}`));
  await page.goto(`http://127.0.0.1:${process.env.PAGE_PORT ?? 4610}/${options.page ?? "index.html"}?scenario=${scenario}`);
  await page.waitForFunction(() => document.querySelector("tcp-playground")?.player || document.querySelector("tcp-playground")?.problem, undefined, { timeout: 15000 }).catch((e) => console.log(`[${wish}] ${e}`));
  await page.evaluate(async (o) => {
    const element = document.querySelector("tcp-playground");
    await element.loadPanels();
    if (o.at) element.host.command((p) => p.seek_play(p.play_duration_ms * Number(o.at)));
    if (o.view) element.showView(o.view);
    if (o.tab) element.showTab(o.tab);
    if (o.select) element.select(Number(o.select));
    if (o.dialog) element.openDialog(o.dialog);
    if (o.menu) element.openMenu({ kind: o.menu === "more" ? "more" : "host", place: o.menu, x: 300, y: 200 });
    await new Promise((r) => setTimeout(r, 500));
  }, options);
  await page.screenshot({ path: `${out}/${wish.replace(/[^\w@=.,-]/g, "_")}.png`, fullPage: options.full === "1" });
  await context.close();
}
await browser.close();
