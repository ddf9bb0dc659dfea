import { defineConfig } from "@playwright/test";

const PAGE_PORT = Number(process.env.PAGE_PORT ?? 4610);

export default defineConfig({
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
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
  },
  // Playwright's own downloads are not needed: any current Chromium and any current Firefox will do.
  projects: [
    {
      name: "chromium",
      testDir: "specs",
      use: {
        browserName: "chromium",
        launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
      },
    },
    // Driven through WebDriver BiDi, which a Firefox nobody has changed speaks: see lib/firefox.mjs.
    { name: "firefox", testDir: "firefox" },
  ],
  webServer: {
    command: "node lib/server.mjs",
    url: `http://127.0.0.1:${PAGE_PORT}/index.html`,
    reuseExistingServer: false,
  },
});
