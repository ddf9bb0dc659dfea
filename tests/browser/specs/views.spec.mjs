import { ask, expect, open, test } from "../lib/test.mjs";

/** Everything that is written into the canvases when they are painted now. */
function written(page) {
  return page.evaluate(() => {
    const prototype = CanvasRenderingContext2D.prototype;
    const { fillText } = prototype;
    const words = [];
    prototype.fillText = function (text, ...rest) {
      words.push(text);
      return fillText.call(this, text, ...rest);
    };
    try {
      document.querySelector("tcp-playground").stage.paint();
    } finally {
      prototype.fillText = fillText;
    }
    return words;
  });
}

for (const [lang, send, window] of [["en", "sent, not yet acknowledged", "upper edge of the window"], ["ko", "보냈으나 아직 확인 응답 없음", "윈도우의 위쪽 끝"]]) {
  test(`numbers and marks of the graphs are explained beside them: ${lang}`, async ({ page }) => {
    await open(page, "/embed.html", { scenario: "loss-and-recovery", lang, view: "sequence-space" });
    await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.seek_play(player.play_duration_ms * 0.5)));
    await expect(page.locator(".legend")).toContainText(send);
    await expect(page.locator(".legend li")).toHaveCount(7);
    await page.evaluate(() => document.querySelector("tcp-playground").showView("time-sequence"));
    await expect(page.locator(".legend")).toContainText(window);
  });
}

test("policies are compared under their names, and the first difference can be gone to", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "simultaneous-open", view: "ladder" });
  await page.getByRole("tab", { name: "Compare" }).click();
  // Nothing is compared yet: the empty view offers what there is.
  await page.locator(".comparison").getByRole("button", { name: "RFC to the letter" }).click();
  await expect(page.locator(".comparison")).toContainText("Beside this run: RFC to the letter.");
  await expect.poll(() => written(page)).toEqual(expect.arrayContaining(["RFC 9293", "RFC to the letter"]));
  await page.getByRole("button", { name: "Go there" }).click();
  expect(await ask(page, "position_us")).toBeGreaterThan(0);
  // The comparison follows the run.
  await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.act({ kind: "cut" })));
  await expect(page.locator(".comparison")).toContainText("first difference");
});

test("two records that read alike say in what they differ", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "syn-ack-lost" });
  await page.evaluate(() => { const element = document.querySelector("tcp-playground"); element.host.command((player) => player.compare_policy("linux")); element.showView("compare"); });
  const sides = page.locator(".comparison dd");
  await expect(sides.first()).toContainText("bytes with headers and options");
  expect(await sides.first().textContent()).not.toBe(await sides.last().textContent());
});

test("what was done to a segment stands on its way, and leads to its record", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "four-way-close" });
  for (const kind of ["delay", "duplicate", "corrupt"]) {
    const found = await page.evaluate(async (wanted) => {
      const element = document.querySelector("tcp-playground");
      const { player } = element;
      element.host.command((p) => p.seek(420_000));
      const sent = player.outline(0, player.records_now).find((row) => row.kind === "send" && String(row.args.flags).includes("F"));
      const offer = player.segment_actions(sent.id).find((one) => one.kind === wanted);
      element.host.command((p) => p.act(offer.action));
      element.host.command((p) => p.seek(900_000));
      const done = player.outline(0, player.records_now).find((row) => row.kind === "intervention" && row.key === wanted);
      return { done };
    }, kind);
    expect(found.done?.key, kind).toBe(kind);
    await expect.poll(() => written(page), { message: `${kind} is written where it was done` }).toContain(kind);
    await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.undo()));
  }
});

test("a host's table says what each row is", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "loss-and-recovery" });
  await page.evaluate(() => { const element = document.querySelector("tcp-playground"); element.host.command((player) => player.seek_play(player.play_duration_ms / 2)); element.showTab("hosts"); });
  const table = page.locator(".tcb").first();
  await expect(table).toContainText("SND.UNA Oldest number sent and not yet acknowledged");
  await expect(table).toContainText("Congestion window");
  const raw = await page.evaluate(() => [...document.querySelector("tcp-playground").renderRoot.querySelectorAll(".tcb th")].map((cell) => cell.textContent.trim()).filter((text) => /^[a-z-]+$/.test(text)));
  expect(raw).toEqual([]);
});

test("empty panels say what to do", async ({ page }) => {
  await open(page, "/index.html", { scenario: "empty" });
  await page.getByRole("tab", { name: "Events" }).click();
  await expect(page.getByRole("tabpanel", { name: "Events" })).toContainText("make host B listen");
  await page.getByRole("tab", { name: "Why?" }).click();
  await expect(page.getByRole("tabpanel", { name: "Why?" })).toContainText("Select anything");
  await page.getByRole("tab", { name: "Branches" }).click();
  await expect(page.getByRole("tabpanel", { name: "Branches" })).toContainText("So far there is only one");
});

test("at the start it says how to begin, and no longer than that", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "four-way-close" });
  const hint = page.getByText("or go event by event:");
  await expect(hint).toBeVisible();
  await page.getByRole("button", { name: "One event forward" }).click();
  await expect(hint).toHaveCount(0);
});

test("what a closed socket refuses says who closed it", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "four-way-close" });
  await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.seek(430_000)));
  await page.getByRole("button", { name: "Host A", exact: true }).click();
  await expect(page.getByRole("menuitem", { name: /^send/ })).toContainText("The application has closed this socket");
});

test("Start begins, and the keys go on from there", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "four-way-close" });
  const start = page.getByRole("button", { name: "Start", exact: true });
  await start.focus();
  await page.keyboard.press("Enter");
  await expect(start).toHaveCount(0);
  expect(await ask(page, "playing")).toBe(true);
  await page.keyboard.press("Space");
  expect(await ask(page, "playing")).toBe(false);
});

test("the pictures take the reader's own colours, dark ones too", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active", colorScheme: "dark" });
  await open(page, "/embed.html", { scenario: "four-way-close" });
  const ground = () =>
    page.evaluate(() => {
      const element = document.querySelector("tcp-playground");
      const canvas = element.renderRoot.querySelector("canvas");
      const [red, green, blue] = canvas.getContext("2d").getImageData(1, canvas.height - 2, 1, 1).data;
      return [`rgb(${red}, ${green}, ${blue})`, getComputedStyle(element.frameElement).backgroundColor];
    });
  await expect.poll(async () => (await ground())[0]).toBe("rgb(0, 0, 0)");
  expect((await ground())[1]).toBe("rgb(0, 0, 0)");
});

test("what is over with a segment is said once, with the way back to its sending", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "three-way-handshake" });
  const id = await page.evaluate(() => {
    const element = document.querySelector("tcp-playground");
    element.host.command((player) => player.seek_play(player.play_duration_ms));
    const { id } = element.player.outline(0, element.player.records_now).find(({ kind, args }) => kind === "arrive" && args.flags === "S.");
    element.openMenu({ kind: "segment", id, x: 40, y: 40 });
    return id;
  });
  const menu = page.getByRole("menu");
  await expect(menu.getByText("It has already been delivered.")).toHaveCount(1);
  await menu.getByRole("menuitem", { name: "Go back to its sending" }).click();
  const sent = await page.evaluate((arrival) => {
    const { player } = document.querySelector("tcp-playground");
    return { sending: player.record(arrival).send, selected: player.selected, allowed: player.segment_actions(arrival).some(({ allowed }) => allowed) };
  }, id);
  expect(sent.selected).toBe(sent.sending);
  expect(sent.allowed).toBe(true);
});

test("the chosen tab is in sight where the row is longer than the page is wide", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await open(page, "/embed.html", { scenario: "three-way-handshake", lang: "ko" });
  await page.evaluate(() => document.querySelector("tcp-playground").showView("compare"));
  await expect(page.locator("#view-compare")).toBeInViewport({ ratio: 1 });
});

test("from the head of a segment's panel to its header and its checksum, and the page stays where it is", async ({ page }) => {
  await open(page, "/index.html", { scenario: "three-way-handshake" });
  await page.evaluate(() => {
    const element = document.querySelector("tcp-playground");
    element.host.command((player) => player.seek_play(player.play_duration_ms));
    element.select(element.player.outline(0, 20).find(({ kind }) => kind === "send").id);
  });
  await page.locator(".parts").getByRole("button", { name: "Header" }).click();
  await expect(page.locator("#header-title")).toBeInViewport();
  await page.locator(".panel").evaluate((panel) => panel.scrollTo(0, 0));
  await page.locator(".parts").getByRole("button", { name: "Checksum" }).click();
  await expect(page.locator("#checksum")).toHaveAttribute("open");
  await expect(page.locator("#checksum summary")).toBeInViewport();
  expect(await page.evaluate(() => scrollY)).toBe(0);
});

test("what is chosen in a state machine says why, and is lit in the ladder; and the other way round", async ({ page }) => {
  await open(page, "/embed.html", { scenario: "three-way-handshake", view: "states" });
  await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.seek_play(player.play_duration_ms)));
  const hitOf = (view, want) =>
    page.evaluate(
      ([name, kind, state]) => {
        const element = document.querySelector("tcp-playground");
        const canvas = element.renderRoot.querySelector(`canvas[data-view="${name}"]`);
        const box = canvas.getBoundingClientRect();
        for (let y = 2; y < box.height; y += 4)
          for (let x = 2; x < box.width; x += 4) {
            const hit = element.player.hit(name, x, y, false);
            if (hit?.kind === kind && (state === null || hit.name === state) && hit.id !== undefined) return { x: box.left + x, y: box.top + y, id: hit.id };
          }
        return null;
      },
      [view, want.kind, want.name ?? null],
    );
  await expect.poll(() => hitOf("states-b", { kind: "state", name: "SYN-RECEIVED" })).not.toBeNull();
  const node = await hitOf("states-b", { kind: "state", name: "SYN-RECEIVED" });
  await page.mouse.click(node.x, node.y);
  await expect(page.getByRole("heading", { level: 2, name: "B: LISTEN → SYN-RECEIVED" })).toBeVisible();
  const arc = await hitOf("states-a", { kind: "arc" });
  await page.mouse.click(arc.x, arc.y);
  await expect.poll(() => page.evaluate(() => document.querySelector("tcp-playground").player.selected)).toBe(arc.id);
  await expect(page.getByRole("heading", { name: "Why?" })).toBeVisible();
});

// Of a recording only segments are known: nowhere does its host seem to be CLOSED.
for (const [language, words] of Object.entries({
  en: { told: "Not known: host B is a recording.", states: "States", hosts: "Hosts", hostB: "Host B", refused: "a script or a recording" },
  ko: { told: "상태를 알 수 없습니다. 호스트 B은(는) 기록입니다.", states: "상태", hosts: "호스트", hostB: "호스트 B", refused: "스크립트나 기록" },
})) {
  test(`the state of a recorded host is not made up (${language})`, async ({ page }) => {
    await page.addInitScript((chosen) => localStorage.setItem("tcp-playground.language", chosen), language);
    await open(page, "/index.html", { scenario: "linux-connection" });
    await page.evaluate(() => {
      const element = document.querySelector("tcp-playground");
      element.host.command((player) => player.seek_play(player.play_duration_ms * 0.6));
      element.showView("states");
      element.showTab("hosts");
    });
    const machine = page.locator(".canvas", { has: page.locator("canvas[data-view=states-b]") });
    await expect(machine.locator("canvas")).toHaveAttribute("data-empty", "");
    await expect(machine.getByText(words.told)).toBeVisible();
    await expect(page.locator("canvas[data-view=states-a]")).not.toHaveAttribute("data-empty", "");
    // Nothing of a figure is left under the words.
    const colours = await machine.locator("canvas").evaluate((canvas) => {
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(Array.from({ length: data.length / 4 }, (_, at) => (data[4 * at] << 16) | (data[4 * at + 1] << 8) | data[4 * at + 2])).size;
    });
    expect(colours).toBe(1);
    await expect(page.getByRole("tabpanel", { name: words.hosts }).locator("section[data-host=B]")).toContainText(words.told);
    // No row of the run says a state of B, and what nobody can call says so.
    const rows = await page.evaluate(() => document.querySelector("tcp-playground").player.outline(0, 1000));
    expect(rows.filter((row) => row.place === "B" && row.kind === "state")).toEqual([]);
    await page.getByRole("button", { name: words.hostB, exact: true }).click();
    const call = page.getByRole("menuitem", { name: /connect/ });
    await expect(call).toHaveAttribute("aria-disabled", "true");
    await expect(call).toContainText(words.refused);
  });
}

test("an ICMP message is looked at as one, and so is what follows it", async ({ page }) => {
  await open(page, "/index.html", { scenario: "host-unreachable" });
  await page.evaluate(() => document.querySelector("tcp-playground").host.command((player) => player.seek_play(player.play_duration_ms)));
  const sends = await page.evaluate(() => {
    const { player } = document.querySelector("tcp-playground");
    return player.outline(0, player.record_count).filter((row) => row.kind === "send");
  });
  const icmp = sends.find((row) => row.place === "link");
  const tcp = sends.find((row) => row.place === "A");
  const panel = page.getByRole("tabpanel", { name: "Why?" });
  for (const [id, layer, field] of [[icmp.id, "ICMP", "Type"], [tcp.id, "TCP", "Sequence number"], [icmp.id, "ICMP", "Code"]]) {
    await page.evaluate((record) => document.querySelector("tcp-playground").select(record), id);
    await expect(panel.getByRole("button", { name: layer, exact: true })).toHaveAttribute("aria-pressed", "true");
    await expect(panel.getByRole("rowheader", { name: field, exact: true })).toBeVisible();
    await panel.getByRole("button", { name: "IP", exact: true }).click();
    await expect(panel.getByRole("rowheader", { name: "Time to live" }).or(panel.getByRole("rowheader", { name: "TTL" }))).toBeVisible();
    await panel.getByRole("button", { name: layer, exact: true }).click();
  }
});
