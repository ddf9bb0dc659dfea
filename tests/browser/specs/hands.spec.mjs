import { ask, expect, open, pointOf, ready, test } from "../lib/test.mjs";

const rows = (page) => page.evaluate(() => {
  const { player } = document.querySelector("tcp-playground");
  return player.outline(0, player.record_count);
});
const command = (page, source, argument) => page.evaluate(([text, value]) => {
  const element = document.querySelector("tcp-playground");
  return element.host.command((player) => new Function("player", "value", `return (${text})(player, value)`)(player, value));
}, [source, argument]);
/** Goes to a moment, given in virtual milliseconds. */
const at = (page, ms) => command(page, "(player, us) => { player.pause(); player.seek(us); }", ms * 1000);
const sends = async (page, place, flags) => (await rows(page)).filter((row) => row.kind === "send" && row.place === place && row.args.flags === flags);
const states = async (page, host) => (await rows(page)).filter((row) => row.kind === "state" && row.place === host).map((row) => row.args.to);

async function act(page, place, name) {
  await page.getByRole("button", { name: place, exact: true }).click();
  await page.getByRole("menuitem", { name }).first().click();
}

test("drop the SYN with the mouse: the retransmission is tied back to it", async ({ page }) => {
  await open(page);
  await at(page, 40);
  const [syn] = await sends(page, "A", "S");
  const point = await pointOf(page, syn.id);
  await page.mouse.click(point.x, point.y, { button: "right" });
  await page.getByRole("menuitem", { name: "Lose it" }).click();
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(2);
  const [first, again] = await sends(page, "A", "S");
  expect(again.args.retransmission_of).toBe(first.id);
  const drop = (await rows(page)).find((row) => row.kind === "drop");
  expect(drop.reason).toBe("dropped-by-person");
  // «Why was this lost?» «Because you dropped it.»
  await command(page, "(player) => player.seek_play(player.play_duration_ms)");
  await page.getByRole("tab", { name: "Events" }).click();
  await page.getByRole("list", { name: "Events" }).getByRole("button", { name: /SYN seq 0 is lost: you dropped it/ }).click();
  await expect(page.getByRole("tabpanel", { name: "Why?" })).toContainText("You: lose the SYN of A");
  // And back again.
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(1);
  await page.getByRole("button", { name: "Redo" }).click();
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(2);
});

test("a segment on its way is dragged: down it is late, out it is lost", async ({ page }) => {
  await open(page);
  await at(page, 50);
  const [syn] = await sends(page, "A", "S");
  const arrival = async () => (await rows(page)).find((row) => row.kind === "arrive" && row.args.send === syn.id)?.time_us;
  const before = await arrival();
  let point = await pointOf(page, syn.id);
  await page.mouse.move(point.x, point.y);
  await page.mouse.down();
  await page.mouse.move(point.x, point.y + 60, { steps: 4 });
  await page.mouse.up();
  await expect.poll(arrival).toBeGreaterThan(before);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(arrival).toBe(before);
  point = await pointOf(page, syn.id);
  const box = await page.locator("canvas[data-view=ladder]").boundingBox();
  await page.mouse.move(point.x, point.y);
  await page.mouse.down();
  await page.mouse.move(box.x - 60, point.y, { steps: 6 });
  await page.mouse.up();
  await expect.poll(async () => (await rows(page)).some((row) => row.kind === "drop" && row.reason === "dropped-by-person")).toBe(true);
});

test("hold the last ACK by key, let B send its FIN again, release", async ({ page }) => {
  await open(page, "/index.html", { scenario: "four-way-close" });
  const last = (await sends(page, "A", ".")).at(-1);
  await command(page, "(player, us) => { player.seek(us + 10000); }", last.time_us);
  await page.locator("canvas[data-view=ladder]").focus();
  await command(page, "(player, id) => player.select(id)", last.id);
  await page.keyboard.press("h");
  await expect.poll(async () => (await sends(page, "B", "F.")).length).toBeGreaterThan(1);
  const again = (await sends(page, "B", "F."))[1];
  await command(page, "(player, us) => player.seek(us + 1000)", again.time_us);
  await command(page, "(player, id) => player.select(id)", last.id);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("h");
  await expect.poll(async () => (await states(page, "B")).includes("CLOSED")).toBe(true);
});

test.describe("by touch", () => {
  test.use({ hasTouch: true, viewport: { width: 360, height: 740 } });

  test("a segment is lost with a long press", async ({ page }) => {
    await open(page);
    await at(page, 40);
    const [syn] = await sends(page, "A", "S");
    const point = await pointOf(page, syn.id);
    const client = await page.context().newCDPSession(page);
    await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    const item = page.getByRole("menuitem", { name: "Lose it" });
    await expect(item).toBeVisible();
    await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await item.tap();
    await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(2);
  });
});

test("a connection from the empty world, by its buttons", async ({ page }) => {
  await open(page);
  await page.getByRole("link", { name: "An empty world" }).click();
  await expect(page.getByRole("region", { name: /An empty world/ })).toBeVisible();
  await act(page, "Host B", /^listen/);
  await act(page, "Host A", /^connect/);
  await expect.poll(() => states(page, "A")).toEqual(["SYN-SENT", "ESTABLISHED"]);
  await at(page, 500);
  await page.getByRole("button", { name: "Host A", exact: true }).click();
  await page.getByRole("textbox", { name: "Text to send" }).fill("hello");
  await page.keyboard.press("Enter");
  await expect.poll(async () => (await sends(page, "A", "P.")).length).toBe(1);
  await at(page, 1500);
  await act(page, "Host A", /^close/);
  await at(page, 2500);
  await act(page, "Host B", /^close.*socket 2/);
  await expect.poll(async () => (await states(page, "A")).at(-1)).toBe("CLOSED");
  expect(await states(page, "A")).toEqual(["SYN-SENT", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT", "CLOSED"]);
});

test("what cannot be done says why", async ({ page }) => {
  await open(page);
  await command(page, "(player) => player.seek_play(player.play_duration_ms)");
  const [syn] = await sends(page, "A", "S");
  await command(page, "(player, id) => player.select(id)", syn.id);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("Delete");
  await expect(page.getByRole("status").filter({ hasText: "It has already been delivered." })).toBeVisible();
  await page.getByRole("button", { name: "Host A", exact: true }).click();
  await expect(page.getByRole("menuitem", { name: /Plug in again/ })).toHaveAttribute("aria-disabled", "true");
});

test("fork at the SYN-ACK, lose it in one future, compare both", async ({ page }) => {
  await open(page);
  // What has been watched is a future to be kept; what nobody has seen yet is simply changed.
  await command(page, "(player) => player.seek_play(player.play_duration_ms)");
  await at(page, 90);
  const [answer] = await sends(page, "B", "S.");
  await page.evaluate((id) => document.querySelector("tcp-playground").select(id), answer.id);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("Delete");
  await expect(page.getByText("another future")).toBeVisible();
  await page.getByRole("button", { name: "Show branches" }).click();
  const panel = page.getByRole("tabpanel", { name: "Branches" });
  await expect(panel.getByRole("listitem")).toHaveCount(2);
  await panel.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByText("The first difference is at")).toBeVisible();
  await expect(page.getByRole("tab", { name: "Compare" })).toHaveAttribute("aria-selected", "true");
  await panel.getByRole("button", { name: "Switch to it" }).click();
  await expect.poll(async () => (await sends(page, "B", "S.")).length).toBe(1);
});

test("unplug B in half-close: a limit after close", async ({ page }) => {
  await open(page, "/index.html", { scenario: "four-way-close" });
  const fin = (await rows(page)).find((row) => row.kind === "state" && row.place === "A" && row.args.to === "FIN-WAIT-2");
  await command(page, "(player, us) => player.seek(us + 1000)", fin.time_us);
  await act(page, "Host B", "Pull the plug");
  await expect.poll(async () => (await rows(page)).some((row) => row.kind === "timer-fired" && row.key === "fin-wait-2")).toBe(true);
  expect((await states(page, "A")).slice(-2)).toEqual(["FIN-WAIT-2", "CLOSED"]);
});

for (const [protection, outcome] of [["on", "challenge"], ["off", "reset"]]) {
  test(`a forged RST inside the window, challenge ACKs ${protection}`, async ({ page }) => {
    await open(page);
    await command(page, "(player) => player.seek_play(player.play_duration_ms)");
    if (protection === "off") {
      await page.getByRole("button", { name: "Host B", exact: true }).click();
      await page.getByRole("menuitem", { name: "Settings" }).click();
      await page.getByRole("button", { name: "Host B", exact: true }).last().click();
      await page.getByRole("checkbox", { name: "Challenge ACKs", exact: true }).uncheck();
      await page.keyboard.press("Escape");
    }
    await command(page, "(player) => player.seek_play(player.play_duration_ms)");
    const next = await page.evaluate(() => {
      const { player } = document.querySelector("tcp-playground");
      const socket = player.hosts().find(({ host }) => host === "B").sockets.find(({ kind }) => kind === "connection");
      return socket.values.find(({ name }) => name === "RCV.NXT").value;
    });
    await page.getByRole("button", { name: "Link", exact: true }).click();
    await page.getByRole("menuitem", { name: "Forge a segment …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("To", { exact: true }).selectOption("B");
    await dialog.getByLabel("Sequence number", { exact: true }).fill(String((next + 100) % 2 ** 32));
    await dialog.getByRole("button", { name: "Send it" }).click();
    await expect(dialog).toHaveCount(0);
    const reasons = async () => (await rows(page)).map((row) => row.reason);
    if (outcome === "challenge") await expect.poll(reasons).toContain("challenge-ack-for-rst");
    else await expect.poll(reasons).toContain("rst-received");
  });
}

test("a simultaneous open and close by hand", async ({ page }) => {
  await open(page, "/index.html", { scenario: "simultaneous-open" });
  expect(await states(page, "A")).toEqual(expect.arrayContaining(["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]));
  await open(page, "/index.html");
  await page.getByRole("link", { name: "An empty world" }).click();
  await expect(page.getByRole("region", { name: /An empty world/ })).toBeVisible();
  await command(page, "(player) => { player.act({ kind: 'connect', host: 'A', port: 8080, local_port: 8080 }); player.act({ kind: 'connect', host: 'B', port: 8080, local_port: 8080 }); }");
  await expect.poll(() => states(page, "A")).toEqual(["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]);
  await at(page, 1000);
  await act(page, "Host A", /^close/);
  await act(page, "Host B", /^close/);
  await expect.poll(() => states(page, "B")).toEqual(["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "CLOSING", "TIME-WAIT", "CLOSED"]);
  // Everything is undone, step by step.
  while (await ask(page, "can_undo")) await page.getByRole("button", { name: "Undo" }).click();
  expect(await ask(page, "record_count")).toBe(0);
});

test("reboot A and connect again", async ({ page }) => {
  await open(page);
  await command(page, "(player) => player.seek_play(player.play_duration_ms)");
  await act(page, "Host A", "Reboot");
  await command(page, "(player) => player.seek_play(player.play_duration_ms)");
  await act(page, "Host A", /^connect/);
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBeGreaterThan(1);
});

test("a reload brings the run back", async ({ page }) => {
  await open(page, "/index.html", { scenario: "three-way-handshake" });
  await at(page, 40);
  const [syn] = await sends(page, "A", "S");
  await page.evaluate((id) => document.querySelector("tcp-playground").select(id), syn.id);
  await page.locator("canvas[data-view=ladder]").focus();
  await page.keyboard.press("Delete");
  await expect.poll(async () => (await sends(page, "A", "S")).length).toBe(2);
  const hash = await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash());
  await page.reload();
  await ready(page);
  expect(await page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash())).toBe(hash);
});
