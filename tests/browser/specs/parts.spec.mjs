import { expect, open, ready, test } from "../lib/test.mjs";

const EMBED = "/embed.html";

test("what is hidden is gone, from keys and menus too", async ({ page }) => {
  await open(page, EMBED, { scenario: "four-way-close", hide: "views acts seek undo why,branches editor help" });
  for (const name of ["States", "Why?", "Branches"]) await expect(page.getByRole("tab", { name })).toHaveCount(0);
  await expect(page.getByRole("tab", { name: "Events" })).toBeVisible();
  for (const name of ["Host A", "Undo", "Restart", "Help and keys"]) await expect(page.getByRole("button", { name, exact: true })).toHaveCount(0);
  await expect(page.getByRole("slider")).toHaveCount(0);
  const canvas = page.locator("canvas[data-view=ladder]");
  await canvas.focus();
  await page.keyboard.press("End");
  await page.keyboard.press("?");
  await expect(page.locator(".count")).toContainText("event 1 of");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("ArrowRight");
  await expect(page.locator(".count")).toContainText("event 2 of");
  await page.getByRole("button", { name: "More" }).click();
  await expect(page.getByRole("menuitem", { name: "Share" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Run as text" })).toHaveCount(0);
});

test("what is locked is in sight, does nothing, and says so", async ({ page }) => {
  await open(page, EMBED, { scenario: "four-way-close", lock: "acts,seek,settings", lang: "en" });
  const told = page.getByRole("status").filter({ hasText: "locked" });
  await page.getByRole("button", { name: "Host A", exact: true }).click();
  await expect(told).toBeVisible();
  await expect(page.getByRole("menu")).toHaveCount(0);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("End");
  await expect(page.locator(".count")).toContainText("event 1 of");
  await page.keyboard.press("ArrowRight");
  const before = await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash());
  const acted = await page.evaluate(async () => {
    const element = document.querySelector("tcp-playground");
    element.host.command((player) => player.step(2));
    const sent = element.player.outline(0, 40).find((row) => row.kind === "send");
    element.select(sent.id);
    return sent.id;
  });
  expect(acted).toBeGreaterThan(0);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("Delete");
  expect(await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash())).toBe(before);
  await page.getByRole("button", { name: "More" }).click();
  await expect(page.getByRole("menuitem", { name: /Settings/ })).toHaveAttribute("aria-disabled", "true");
});

test("a part nobody knows is told of, with those there are", async ({ page }) => {
  await page.goto(`${EMBED}?scenario=three-way-handshake&hide=everything`);
  await ready(page);
  const told = page.getByRole("status").filter({ hasText: "hide cannot be “everything”" });
  await expect(told).toBeVisible();
  await expect(told).toContainText("branches");
});

test("panels can be taken away altogether", async ({ page }) => {
  await open(page, EMBED, { scenario: "three-way-handshake", hide: "panels" });
  await expect(page.getByRole("tabpanel")).toHaveCount(1);
  await expect(page.locator(".side")).toHaveCount(0);
});

for (const [language, words] of Object.entries({
  en: {
    share: "Share", class: "For a class: hide or lock parts", acts: "Everything that changes the run", editor: "Run as text", locked: "locked", hidden: "hidden",
    all: "Whoever opens this has the whole player.", told: "The class will not see: Run as text. The class will see, but cannot use: Everything that changes the run.",
    link: "Link to this run", frame: "For a course page", hostA: "Host A", more: "More", refused: "The page around has locked this.",
  },
  ko: {
    share: "공유", class: "수업용: 일부를 숨기거나 잠그기", acts: "실행을 바꾸는 모든 것", editor: "텍스트로 보는 실행", locked: "잠금", hidden: "숨김",
    all: "이것을 여는 사람은 플레이어 전체를 씁니다.", told: "수업에서 보이지 않는 것: 텍스트로 보는 실행. 수업에서 보이지만 쓸 수 없는 것: 실행을 바꾸는 모든 것.",
    link: "이 실행의 링크", frame: "강의 페이지에 넣기", hostA: "호스트 A", more: "더 보기", refused: undefined,
  },
})) {
  test(`Share: what a class may do goes into link and frame (${language}, by keyboard)`, async ({ page, context }) => {
    await page.addInitScript((chosen) => localStorage.setItem("tcp-playground.language", chosen), language);
    await open(page, "/index.html", { scenario: "four-way-close" });
    await page.evaluate(() => document.querySelector("tcp-playground").openDialog("share"));
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText(words.all)).toBeVisible();
    await dialog.locator("details.class summary").focus();
    await page.keyboard.press("Enter");
    for (const [part, allowed] of [[words.acts, words.locked], [words.editor, words.hidden]]) {
      const field = dialog.getByLabel(part, { exact: true });
      const box = await field.boundingBox();
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(24);
      await field.focus();
      for (let down = 0; down < (allowed === words.locked ? 1 : 2); down += 1) await page.keyboard.press("ArrowDown");
      await expect(field.locator("option:checked")).toHaveText(allowed);
    }
    await expect(dialog.locator(".preview")).toHaveText(words.told);
    const link = dialog.getByLabel(words.link);
    await expect(link).toHaveValue(/embed\.html\?lang=..&hide=editor&lock=acts#v1/);
    const frame = await dialog.getByLabel(words.frame).inputValue();
    expect(frame).toContain("?scenario=four-way-close&amp;");
    expect(frame).toContain("hide=editor&amp;lock=acts");
    // Both do what the sentence says.
    for (const address of [await link.inputValue(), /src="([^"]*)"/.exec(frame)[1].replaceAll("&amp;", "&")]) {
      const seen = await context.newPage();
      await seen.goto(address);
      await ready(seen);
      await seen.getByRole("button", { name: words.hostA, exact: true }).click();
      await expect(seen.getByRole("menu")).toHaveCount(0);
      await seen.evaluate(() => document.querySelector("tcp-playground").hush());
      await seen.evaluate(() => document.querySelector("tcp-playground").openMenu({ kind: "more", x: 300, y: 200 }));
      await expect(seen.getByRole("menuitem", { name: words.share, exact: true })).toBeVisible();
      await expect(seen.getByRole("menuitem", { name: words.editor })).toHaveCount(0);
      // Shared on, it keeps what was chosen for it.
      await seen.evaluate(() => document.querySelector("tcp-playground").openDialog("share"));
      await expect(seen.getByRole("dialog").locator(".preview")).toHaveText(words.told);
      await seen.close();
    }
  });
}
