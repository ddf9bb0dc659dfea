// A series of forged segments and a flood, by mouse, touch and keyboard alone: sent, told, seen, undone.
import { CONTEXT, driver, DRIVERS } from "../lib/drivers.mjs";
import { rows, seek, seekEnd, settled } from "../lib/hands.mjs";
import { expect, open, test } from "../lib/test.mjs";

const forged = async (page) => (await rows(page)).filter((row) => row.kind === "send" && row.place === "attacker");
const acts = (page) => page.evaluate(() => document.querySelector("tcp-playground").player.run_text().match(/^do .*$/gm) ?? []);

for (const name of DRIVERS) {
  test.describe(`by ${name}`, () => {
    test.use(CONTEXT[name]);

    test("a sweep of sequence numbers, told in the list, and undone", async ({ page }) => {
      await open(page);
      await seekEnd(page);
      const hands = driver(page, name);
      await hands.act("Link", /^Forge a segment/);
      await hands.fill("To", "B");
      await hands.fill("Sequence number", "1000");
      await hands.press(page.locator("details.series summary"));
      await hands.fill("How many", "5");
      await hands.fill("Apart, in milliseconds", "20");
      await hands.fill("Sequence number grows by", "65535");
      await hands.dialogButton("Send it");
      await expect.poll(async () => (await settled(page), (await forged(page)).length)).toBe(5);
      const sent = await forged(page);
      expect(sent.map(({ args }) => args.seq)).toEqual([1000, 66535, 132070, 197605, 263140]);
      expect(sent.map(({ time_us }) => time_us - sent[0].time_us)).toEqual([0, 20_000, 40_000, 60_000, 80_000]);
      const [line] = await acts(page);
      expect(line).toMatch(/^do \S+ sweep A:\d+>B:8080 R seq=1000 ack=\d+ times 5 every 20ms seq-step 65535$/);
      // It is one thing that was done, and says so; what came of it goes back to it.
      await seekEnd(page);
      await page.getByRole("tab", { name: "Events" }).click();
      await expect(page.getByRole("list", { name: "Events" })).toContainText("You: forge 5 segments to B, 0.020 s apart: RST");
      const [cause] = (await rows(page)).filter((row) => row.kind === "intervention");
      expect(sent.every((row) => row.cause === cause.id)).toBe(true);
      await hands.undo();
      await expect.poll(async () => (await settled(page), (await forged(page)).length)).toBe(0);
      expect(await acts(page)).toEqual([]);
    });

    test("a flood of SYNs fills the backlog, and is undone", async ({ page }) => {
      await open(page);
      await seekEnd(page);
      const hands = driver(page, name);
      await hands.act("Link", /^With values of your own/);
      const what = page.getByRole("dialog").getByLabel("What", { exact: true });
      await hands.fill("What", await what.evaluate((node) => [...node.options].find((option) => /floods with SYNs B/.test(option.text)).value));
      await hands.fill("How many", "7");
      await hands.fill("Apart, in milliseconds", "5");
      await hands.dialogButton("Do it");
      await expect.poll(async () => (await settled(page), (await forged(page)).length)).toBe(7);
      expect(await acts(page)).toEqual([expect.stringMatching(/^do \S+ flood B:8080 times 7 every 5ms$/)]);
      expect((await rows(page)).filter((row) => row.kind === "state" && row.place === "B" && row.args.to === "SYN-RECEIVED").length).toBe(8);
      const [flood] = (await rows(page)).filter((row) => row.kind === "intervention");
      await seek(page, flood.time_us / 1000 + 1);
      await page.getByRole("tab", { name: "Events" }).click();
      await expect(page.getByRole("list", { name: "Events" })).toContainText("You: flood B with 7 SYNs, 0.005 s apart");
      await hands.undo();
      await expect.poll(async () => (await settled(page), (await forged(page)).length)).toBe(0);
    });
  });
}

test("from the empty world: an ISN is sampled, and a segment forged that counts from it", async ({ page }) => {
  await open(page, "/index.html", { scenario: "empty" });
  const hands = driver(page, "mouse");
  await hands.act("Host B", /^listen/);
  await hands.act("Link", /^Attacker samples the ISN of.* B/);
  await settled(page);
  await seekEnd(page);
  await hands.act("Link", /^Forge a segment/);
  await hands.fill("To", "B");
  await hands.fill("Acknowledgement number", "isn+64001");
  await hands.dialogButton("Send it");
  await expect.poll(async () => (await acts(page)).at(-1)).toMatch(/ack=isn\+64001/);
  const sent = await forged(page);
  const isn = (await rows(page)).find((row) => row.kind === "send" && row.place === "B" && row.args.flags === "S.").args.seq;
  expect(sent.at(-1).args.ack).toBe((isn + 64_001) % 2 ** 32);
});

test("a number that is none is not sent", async ({ page }) => {
  await open(page);
  await seekEnd(page);
  const hands = driver(page, "mouse");
  await hands.act("Link", /^Forge a segment/);
  await hands.fill("Sequence number", "isn+x");
  await page.getByRole("dialog").getByRole("button", { name: "Send it" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  expect(await page.getByRole("dialog").getByLabel("Sequence number", { exact: true }).evaluate((field) => field.validity.patternMismatch)).toBe(true);
  expect(await acts(page)).toEqual([]);
});
