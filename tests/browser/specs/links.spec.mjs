import { readFile } from "node:fs/promises";
import { expect, ready, test } from "../lib/test.mjs";

const lines = (await readFile(new URL("../fixtures/links.txt", import.meta.url), "utf8")).split("\n");
const links = lines.flatMap((line, index) => {
  const match = /^([0-9a-f]{16}) (#v\d+z?:\S+)$/.exec(line);
  return match ? [{ title: lines[index - 1].replace(/^# /, ""), hash: match[1], fragment: match[2] }] : [];
});

test("the corpus is read", () => {
  expect(links.length).toBeGreaterThanOrEqual(5);
  expect(links.some(({ fragment }) => fragment.startsWith("#v1z:"))).toBe(true);
});

for (const { title, hash, fragment } of links) {
  test(`an old link opens: ${title}`, async ({ page }) => {
    await page.goto(`/index.html${fragment}`);
    await ready(page);
    const opened = await page.evaluate(() => {
      const { player, problem } = document.querySelector("tcp-playground");
      return { hash: player.trace_hash(), broken: problem !== undefined, records: player.record_count };
    });
    expect(opened.broken).toBe(false);
    expect(opened.records).toBeGreaterThan(0);
    // Where the engine has learnt better since, the reader is told, and shown where.
    if (opened.hash !== hash) await expect(page.getByText("This link was made with another version")).toBeVisible();
    else await expect(page.getByText("This link was made with another version")).toHaveCount(0);
  });
}

test("a link whose run goes otherwise says so and leads to the difference", async ({ page }) => {
  const { hash, fragment } = links[0];
  const text = Buffer.from(fragment.slice(4), "base64url").toString();
  expect(text).toContain(hash);
  const stale = text.replaceAll(hash, "0123456789abcdef");
  await page.goto(`/index.html#v1:${Buffer.from(stale).toString("base64url")}`);
  await ready(page);
  await expect(page.getByText("This link was made with another version")).toBeVisible();
});
