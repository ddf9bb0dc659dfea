import { readFile } from "node:fs/promises";
import { expect, pointOf, ready, test } from "../lib/test.mjs";

const lines = (await readFile(new URL("../fixtures/links.txt", import.meta.url), "utf8")).split("\n");
const links = lines.flatMap((line, index) => {
  const match = /^([0-9a-f]{16}) (#v\d+z?:\S+)$/.exec(line);
  const title = lines[index - 1]?.replace(/^# /, "");
  return match ? [{ title, hash: match[1], fragment: match[2], differs: title.startsWith("differs") }] : [];
});

test("the corpus is read", () => {
  expect(links.length).toBeGreaterThanOrEqual(9);
  expect(links.some(({ fragment }) => fragment.startsWith("#v1z:"))).toBe(true);
  expect(links.filter(({ differs }) => differs).length).toBeGreaterThanOrEqual(4);
});

const opened = (page) =>
  page.evaluate(() => {
    const { player, problem } = document.querySelector("tcp-playground");
    return { hash: player.trace_hash(), broken: problem !== undefined, records: player.record_count, at: player.position_us, notice: player.notice() };
  });

for (const { title, hash, fragment, differs } of links.filter((link) => !link.differs)) {
  test(`an old link opens: ${title}`, async ({ page }) => {
    await page.goto(`/index.html${fragment}`);
    await ready(page);
    const found = await opened(page);
    expect(found.broken).toBe(false);
    expect(found.records).toBeGreaterThan(0);
    expect(differs).toBe(false);
    // Where the engine has learnt better since, the reader is told, and shown where.
    if (found.hash !== hash) await expect(page.getByText("This link was made with another version")).toBeVisible();
    else await expect(page.getByText("This link was made with another version")).toHaveCount(0);
  });
}

// Made by engines that acted otherwise: today's engine gives another trace, and says from where on.
const WORDS = {
  en: { told: /This link was made with another version of the engine, and the run goes differently here, first at (.+)\./, show: "Show the first difference", why: "Why?" },
  ko: { told: /이 링크는 다른 버전의 엔진으로 만들어져서, 여기서는 (.+)부터 실행이 다르게 흘러갑니다\./, show: "첫 차이 보기", why: "왜?" },
};
for (const [language, words] of Object.entries(WORDS)) {
  for (const { title, hash, fragment } of links.filter((link) => link.differs)) {
    test(`an old link says where it ${title} (${language})`, async ({ page }) => {
      await page.addInitScript((chosen) => localStorage.setItem("tcp-playground.language", chosen), language);
      await page.goto(`/index.html${fragment}`);
      await ready(page);
      const found = await opened(page);
      expect(found.broken).toBe(false);
      expect(found.hash).not.toBe(hash);
      expect(found.notice).toMatchObject({ code: "trace-differs", expected: hash, actual: found.hash });
      const first = found.notice.first_difference;
      const record = await page.evaluate((id) => document.querySelector("tcp-playground").player.record(id), first);
      const toast = page.getByRole("status").filter({ hasText: words.told });
      await expect(toast).toBeVisible();
      const [, time] = words.told.exec(await toast.locator("p").textContent());
      expect(time).toContain(String(Math.floor(record.time_us / 1e6)));
      // Shown: selected, at a moment at which it has happened, in the picture, and explained.
      await toast.getByRole("button", { name: words.show }).click();
      await expect(page.getByRole("tab", { name: words.why })).toHaveAttribute("aria-selected", "true");
      const shown = await page.evaluate(() => {
        const { player } = document.querySelector("tcp-playground");
        return { selected: player.selected, at: player.position_us };
      });
      expect(shown.selected).toBe(first);
      expect(shown.at).toBeGreaterThanOrEqual(Math.max(record.time_us, found.at));
      await expect(page.getByRole("tabpanel", { name: words.why })).toContainText(/RFC|\d/);
      // A segment stands for its sending and its arrival.
      const [row] = await page.evaluate((id) => document.querySelector("tcp-playground").player.outline(id, 1), first);
      if (row.args.send !== undefined) await pointOf(page, row.args.send);
    });
  }
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
