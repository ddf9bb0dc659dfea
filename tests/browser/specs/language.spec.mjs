import { expect, open, test } from "../lib/test.mjs";

test("the language is switched live, and kept", async ({ page }) => {
  await open(page);
  await page.getByRole("combobox", { name: "Language" }).selectOption("ko");
  await expect(page.getByRole("button", { name: "재생", exact: true })).toBeVisible();
  await expect(page.getByRole("heading", { name: "3-way 핸드셰이크" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
  await page.reload();
  await expect(page.getByRole("button", { name: "재생", exact: true })).toBeVisible();
});

/** Every id the engine can hand out, and the message each needs. */
async function needed(page) {
  return page.evaluate(() => {
    const element = document.querySelector("tcp-playground");
    const { engine } = element.host.instance;
    const facts = engine.facts();
    const ids = new Set();
    const add = (...all) => { for (const id of all) ids.add(id); };
    for (const { id } of facts.reasons) add(`reason-${id}`);
    for (const id of facts.link_reasons) add(`reason-${id}`);
    for (const id of facts.timers) add(`timer-${id}`, `timer-${id}-help`);
    for (const id of facts.call_errors) add(`engine-${id}`);
    for (const id of facts.endings) add(`row-ended-${id}`);
    for (const id of facts.policies) add(`policy-${id}`);
    for (const id of facts.record_kinds) add(`row-${id}`);
    for (const { name } of engine.settings_table()) add(`setting-${name}`);
    for (const { id, group } of engine.catalogue()) {
      add(`scenario-${id}`, `group-${group}`, `story-${id}-happens`, `story-${id}-look`);
      const player = engine.Player.scenario(id);
      for (const { name } of player.chapters()) add(`chapter-${name}`);
      player.seek(player.duration_us);
      player.tick(0);
      const count = player.record_count;
      for (const row of player.outline(0, Math.min(count, 400))) {
        if (row.kind === "call") add(`call-${row.key}`);
        if (row.kind === "send") {
          const { segment } = player.record(row.id);
          for (const field of segment?.fields ?? []) add(`field-${field.id}`, `field-${field.id}-help`);
          for (const option of segment?.options ?? []) add(`option-${option.id}`, `option-${option.id}-help`);
        }
      }
      for (const host of player.hosts()) {
        for (const socket of host.sockets) {
          add(`socket-${socket.kind}`);
          for (const { name } of socket.values) add(`tcb-${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`);
        }
      }
      for (const place of ["A", "B", "link"]) {
        for (const offer of player.actions(place)) add(`act-${offer.kind}`, ...(offer.why_not ? [`engine-${offer.why_not}`] : []));
      }
      player.free();
    }
    return [...ids].filter((id) => !/-undefined$/.test(id));
  });
}

for (const lang of ["en", "ko"]) {
  test(`no message is missing: ${lang}`, async ({ page }) => {
    await open(page, "/embed.html", { lang });
    const ids = await needed(page);
    expect(ids.length).toBeGreaterThan(300);
    const absent = await page.evaluate(async (all) => {
      const { messages } = document.querySelector("tcp-playground");
      for (const part of ["reasons", "stories", "hands"]) await messages.load(part);
      return all.filter((id) => !messages.hasOwn(id));
    }, ids);
    expect(absent).toEqual([]);
  });

  test(`walking every panel asks for no message that is not there: ${lang}`, async ({ page }) => {
    await open(page, "/embed.html", { lang, scenario: "four-way-close" });
    const missing = await page.evaluate(async () => {
      const element = document.querySelector("tcp-playground");
      const { messages } = element;
      for (const part of ["reasons", "stories", "hands"]) await messages.load(part);
      messages.missing.clear();
      const settle = () => element.updateComplete.then(() => new Promise((resolve) => setTimeout(resolve, 60)));
      for (const scenario of ["four-way-close", "syn-lost", "connection-refused"]) {
        await element.openRun({ kind: "scenario", id: scenario });
        element.host.command((player) => player.seek_play(player.play_duration_ms));
        for (const view of ["ladder", "states", "sequence-space", "time-sequence", "compare"]) { element.showView(view); await settle(); }
        for (const tab of ["story", "events", "hosts", "branches"]) { element.showTab(tab); await settle(); }
        for (let id = 0; id < element.player.record_count; id += 1) { element.select(id); await element.updateComplete; }
        for (const name of ["help", "settings", "share", "editor", "segment"]) { element.openDialog(name); await settle(); element.closeDialog(); await settle(); }
        for (const menu of [{ kind: "more" }, { kind: "host", place: "A" }, { kind: "host", place: "link" }, { kind: "segment", id: 4 }]) { element.openMenu(menu); await settle(); element.closeMenu(); await settle(); }
      }
      return { missing: [...messages.missing], raw: element.renderRoot.textContent.match(/‹[^›]*›/g) ?? [] };
    });
    expect(missing.missing).toEqual([]);
    expect(missing.raw).toEqual([]);
  });
}

for (const lang of ["en-XA", "ar-XB"]) {
  test(`the layout holds with the pseudo-locale ${lang}`, async ({ page }) => {
    for (const width of [1280, 360]) {
      await page.setViewportSize({ width, height: 800 });
      await open(page, "/embed.html", { lang, scenario: "four-way-close" });
      for (const tab of ["story", "events", "hosts", "branches"]) {
        await page.evaluate((name) => { const element = document.querySelector("tcp-playground"); element.showTab(name); return element.updateComplete; }, tab);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${width} ${tab}`).toBeLessThanOrEqual(0);
      }
      await page.getByRole("button").first().focus();
    }
    if (lang === "ar-XB") await expect(page.locator("tcp-playground .frame")).toHaveAttribute("dir", "rtl");
  });
}

// What a text should have had at a place, in the reader's language: ids cross the boundary, prose does not.
for (const [language, words] of Object.entries({
  en: { run: "Expected a time such as 20ms, found: 20.", script: "Wanted here: a sequence number. What stands here: «port»." },
  ko: { run: "2행 10열:", script: "여기 있어야 할 것: 순서 번호. 실제로 있는 것: «port»." },
})) {
  test(`what is wrong with a text is told in ${language}`, async ({ page }) => {
    await page.addInitScript((chosen) => localStorage.setItem("tcp-playground.language", chosen), language);
    await open(page);
    await page.evaluate(() => document.querySelector("tcp-playground").openDialog("editor"));
    const field = page.getByRole("dialog").locator("textarea");
    await field.fill("tcp-playground 1\nuntil    20\n");
    const told = page.getByRole("dialog").locator("#editor-error");
    await expect(told).toContainText(words.run);
    if (language === "ko") {
      await expect(told).toContainText("20ms와 같은 시간");
      await expect(told).not.toContainText("a time such as");
    }
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await page.evaluate(() => document.querySelector("tcp-playground").openDialog("open"));
    const dialog = page.getByRole("dialog");
    await dialog.locator("textarea").fill("+0 < S port\n");
    await dialog.locator("button.primary").click();
    await expect(dialog.locator(".failure")).toContainText(words.script);
  });
}
