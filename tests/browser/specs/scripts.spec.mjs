import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, open, ready, test } from "../lib/test.mjs";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SCRIPTS = `${ROOT}tests/packetdrill/`;
const PASSING = `${SCRIPTS}arc-15-fin-wait-1-fin.pkt`;

const FAILING = `// The answer acknowledges 11, not 12.
0.000 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+.000 bind(3, ..., ...) = 0
+.000 listen(3, 1) = 0
+.100 < S 0:0(0) win 65535 <mss 1000>
+.000 > S. 0:0(0) ack 1 <...>
+.100 < . 1:1(0) ack 1 win 65535
+.000 accept(3, ..., ...) = 4
+.100 < F. 1:1(0) ack 1 win 65535
+.000 > . 1:1(0) ack 12
`;

async function openDialog(page) {
  await page.evaluate(() => document.querySelector("tcp-playground").openDialog("open"));
  const dialog = page.locator("dialog[data-dialog=open]");
  await expect(dialog).toBeVisible();
  return dialog;
}

const run = (page) => page.evaluate(() => document.querySelector("tcp-playground").player.run_text());

test("a packetdrill script from a file plays: A the engine, B the script", async ({ page }) => {
  await open(page);
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Open a script or a run" }).click();
  await page.locator("dialog input[type=file]").setInputFiles(PASSING);
  await expect(page.locator(".toast").getByText("The script holds.")).toBeVisible();
  await expect(page.locator("dialog")).toHaveCount(0);
  // The tools came now, not before.
  expect(asked.filter((url) => url.endsWith("tools_bg.wasm"))).toHaveLength(1);
  expect(await run(page)).toMatch(/host B script/);
  const states = await page.evaluate(() => {
    const { player } = document.querySelector("tcp-playground");
    return player.outline(0, player.record_count).filter((row) => row.kind === "state").map((row) => `${row.host} ${row.key}`);
  });
  expect(states.length).toBeGreaterThan(3);
});

test("a script that fails shows the line, both segments and the run up to there", async ({ page }) => {
  await open(page);
  const dialog = await openDialog(page);
  await dialog.locator("textarea").fill(FAILING);
  await dialog.getByRole("button", { name: "Open", exact: true }).click();
  const failure = dialog.locator(".failure");
  await expect(failure).toHaveAttribute("data-line", "10");
  await expect(failure).toContainText("Another segment was sent than the script expects.");
  await expect(failure.locator("[aria-current=location]")).toContainText("ack 12");
  await expect(failure.locator(".packets")).toContainText("ack 12");
  await expect(failure.locator(".packets")).toContainText("ack 2");
  // Why the engine sent it, in the reader's words.
  await expect(failure.locator(".reason")).not.toBeEmpty();
  await dialog.getByRole("button", { name: "Look at the run" }).click();
  await expect(page.locator("dialog")).toHaveCount(0);
  const at = await page.evaluate(() => {
    const { player } = document.querySelector("tcp-playground");
    return { now: player.position_us, failed: player.chapters().find(({ name }) => name === "script-failed").time_us };
  });
  expect(at.now).toBe(at.failed);
  await page.getByRole("button", { name: "Show the report" }).click();
  await expect(page.locator(".failure")).toBeVisible();
});

test("the report speaks the reader's language", async ({ page }) => {
  await open(page, "/index.html", { lang: "ko" });
  const dialog = await openDialog(page);
  await dialog.locator("textarea").fill(FAILING);
  await dialog.getByRole("button", { name: "열기", exact: true }).click();
  await expect(dialog.locator(".failure")).toContainText("스크립트가 기대한 것과 다른 세그먼트를 보냈습니다.");
  await expect(dialog.locator(".reason")).toContainText(/[가-힣]/);
  const missing = await page.evaluate(() => [...document.querySelector("tcp-playground").messages.missing]);
  expect(missing).toEqual([]);
});

test("a script that cannot be read names the line", async ({ page }) => {
  await open(page);
  const before = await run(page);
  const dialog = await openDialog(page);
  await dialog.locator("textarea").fill("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 < S 0:0(0 win 5\n");
  await dialog.getByRole("button", { name: "Open", exact: true }).click();
  await expect(dialog.locator(".failure")).toHaveAttribute("data-line", "2");
  await expect(dialog.locator(".failure")).toContainText("cannot be read");
  await expect(dialog).toContainText("There is no packet to show.");
  expect(await run(page)).toBe(before);
});

test("dialect and policy can be chosen", async ({ page }) => {
  await open(page);
  const dialog = await openDialog(page);
  await dialog.locator("select[name=dialect]").selectOption("freebsd");
  await dialog.locator("select[name=policy]").selectOption("letter");
  await dialog.locator("textarea").fill(FAILING);
  await dialog.getByRole("button", { name: "Open", exact: true }).click();
  await expect(dialog.locator(".report")).toContainText("dialect FreeBSD, policy RFC to the letter");
});

test("a script dropped on the stage opens", async ({ page }) => {
  await open(page);
  const text = await readFile(PASSING, "utf8");
  await page.evaluate((script) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([script], "dropped.pkt", { type: "text/plain" }));
    const canvas = document.querySelector("tcp-playground").renderRoot.querySelector("canvas");
    canvas.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, composed: true, cancelable: true }));
  }, text);
  await expect(page.getByText("The script holds.")).toBeVisible();
  expect(await run(page)).toMatch(/host B script/);
});

test("the link that `packetdrill --open` prints opens the script as a run", async ({ page }) => {
  const said = execFileSync("cargo", ["run", "-q", "-p", "cli", "--", "packetdrill", "--open", PASSING], { cwd: ROOT, encoding: "utf8" });
  const [, fragment, ] = /(#v1z?:\S+)/.exec(said);
  await page.goto(`/index.html${fragment}`);
  await ready(page);
  expect(await run(page)).toMatch(/host B script/);
  expect(await page.evaluate(() => document.querySelector("tcp-playground").problem)).toBeUndefined();
  await expect(page.getByText("This link was made with another version")).toHaveCount(0);
});

for (const [button, name, begins] of [
  ["Ladder as SVG", "ladder.svg", "<svg"],
  ["Ladder as text", "ladder.txt", ""],
  ["Capture (pcapng)", "capture.pcapng", "\n\r\r\n"],
  ["Trace as JSON lines", "trace.jsonl", '{"id":0'],
  ["Ladder as Mermaid", "ladder.mmd", "sequenceDiagram"],
]) {
  test(`a run is saved: ${name}`, async ({ page }) => {
    await open(page);
    await page.evaluate(() => {
      const element = document.querySelector("tcp-playground");
      element.player.seek(element.player.duration_us);
      element.openDialog("share");
    });
    const waiting = page.waitForEvent("download");
    await page.locator("dialog").getByRole("button", { name: button }).click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe(`three-way-handshake-${name}`);
    const content = await readFile(await download.path(), "latin1");
    expect(content.startsWith(begins)).toBe(true);
    expect(content.length).toBeGreaterThan(300);
  });
}
