import { defineConfig } from "@playwright/test";

const PAGE_PORT = Number(process.env.PAGE_PORT ?? 4610);

export default defineConfig({
  testDir: "specs",
  outputDir: "test-results",
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: Number(process.env.PLAYWRIGHT_WORKERS ?? 2),
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  reporter: process.env.PLAYWRIGHT_JSON_OUTPUT_NAME ? [["list"], ["json"]] : [["list"]],
  use: {
    baseURL: `http://127.0.0.1:${PAGE_PORT}`,
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    launchOptions: {
      // Playwright's own download is not needed: any current Chromium will do.
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox"],
    },
  },
  webServer: {
    command: "node lib/server.mjs",
    url: `http://127.0.0.1:${PAGE_PORT}/index.html`,
    reuseExistingServer: false,
  },
});
