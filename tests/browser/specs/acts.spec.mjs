// Each thing a learner does by hand, by mouse, touch and keyboard alone. Whatever the hand, the outcome is the one written
// down in snapshots/: the trace (with its hash), which is also what the text twin lists, and the ladder as a picture.
import { readFile, writeFile } from "node:fs/promises";
import { expect, open, pointOf, ready, test } from "../lib/test.mjs";
import { CONTEXT, driver, DRIVERS, told } from "../lib/drivers.mjs";
import { rows, seek, seekEnd, sends, settled, states } from "../lib/hands.mjs";
import { onCanvas, pictureHolds, SLACK } from "../lib/picture.mjs";

/** Waits until something is in the run. */
const until = (page, there) => expect.poll(async () => (await settled(page), there(await rows(page)))).toBe(true);

/** The trace is the expected one, the text twin lists all of it, the picture is the kept one and can be pointed at. */
async function verdict(page, name, shown) {
  const text = await told(page);
  const file = new URL(`../snapshots/${name}.txt`, import.meta.url);
  if (process.env.TCP_PLAYGROUND_BLESS) await writeFile(file, text);
  expect(text).toBe(await readFile(file, "utf8").catch(() => "there is no such snapshot: TCP_PLAYGROUND_BLESS=1 cargo xtask test browser"));
  await seekEnd(page);
  await page.getByRole("tab", { name: "Events" }).click();
  const count = await page.evaluate(() => document.querySelector("tcp-playground").player.record_count);
  await expect(page.getByRole("tabpanel", { name: "Events" })).toContainText(`${count} of ${count}`);
  const svg = await pictureHolds(page, name);
  for (const id of shown) {
    await page.evaluate((record) => document.querySelector("tcp-playground").host.command((player) => player.reveal("ladder", record)), id);
    await pointOf(page, id);
  }
  return svg;
}

test("a picture that is wrong in one point does not pass", async ({ page }) => {
  await open(page);
  await seek(page, 40);
  const [syn] = await sends(page, "A", "S");
  await driver(page, "mouse").onSegment(syn.id, /^Lose it/);
  await until(page, (all) => all.some((row) => row.args.retransmission_of === syn.id));
  const svg = await verdict(page, "drop-the-syn", [syn.id]);
  await seekEnd(page);
  const arrow = /<path d="M(\S+) (\S+)L(\S+) (\S+)"( fill="none" class="s-syn".*\n)/;
  const wrongs = {
    "a segment three pixels too early": svg.replace(arrow, (_, x, y, toX, toY, rest) => `<path d="M${x} ${Number(y) - 3}L${toX} ${Number(toY) - 3}"${rest}`),
    "a segment that arrives too late": svg.replace(arrow, (_, x, y, toX, toY, rest) => `<path d="M${x} ${y}L${toX} ${Number(toY) + 6}"${rest}`),
    "a segment missing": svg.replace(arrow, ""),
    "a SYN in the colour of a FIN": svg.replace(arrow, (line) => line.replace("s-syn", "s-fin")),
    "no mark where it was lost": svg.replace(/<path[^>]*class="s-lost".*\n/g, ""),
    "a band that ends early": svg.replace(/(<rect[^>]*height=")(\S+)(" rx="\S+" class="f-state-established")/, (_, before, height, after) => `${before}${Number(height) - 5}${after}`),
  };
  for (const [name, wrong] of Object.entries(wrongs)) {
    expect(wrong, name).not.toBe(svg);
    expect((await onCanvas(page, wrong)).wrong, name).toBeGreaterThan(SLACK);
  }
});

async function emptyWorld(page) {
  await page.goto("/index.html?scenario=empty");
  await ready(page);
}

for (const name of DRIVERS) {
  test.describe(`by ${name}`, () => {
    test.use(CONTEXT[name]);
    const hand = (page) => driver(page, name);

    test("drop the SYN: its retransmission is tied back to it", async ({ page }) => {
      await open(page);
      await seek(page, 40);
      const [syn] = await sends(page, "A", "S");
      await hand(page).onSegment(syn.id, /^Lose it/);
      await until(page, (all) => all.some((row) => row.args.retransmission_of === syn.id));
      const again = (await rows(page)).find((row) => row.args.retransmission_of === syn.id);
      await verdict(page, "drop-the-syn", [syn.id, again.id]);
    });

    test("hold the last ACK, let B send its FIN again, release", async ({ page }) => {
      await open(page, "/index.html", { scenario: "four-way-close" });
      const last = (await sends(page, "A", ".")).at(-1);
      await seek(page, last.time_us / 1000 + 20);
      await hand(page).onSegment(last.id, /^Hold it/);
      await expect.poll(async () => (await settled(page), (await sends(page, "B", "F.")).length)).toBeGreaterThan(1);
      const again = (await sends(page, "B", "F."))[1];
      await seek(page, again.time_us / 1000 + 5);
      await hand(page).onSegment(last.id, /^Let it go/);
      await until(page, (all) => all.some((row) => row.kind === "state" && row.place === "B" && row.args.to === "CLOSED"));
      await verdict(page, "hold-the-last-ack", [last.id, again.id]);
    });

    test("a simultaneous open and close from the empty world; then everything is undone", async ({ page }) => {
      await emptyWorld(page);
      const hands = hand(page);
      for (const host of ["Host A", "Host B"]) {
        await hands.act(host, /^With values of your own/);
        await hands.fill("What", await page.getByRole("dialog").getByLabel("What", { exact: true }).evaluate((node) => [...node.options].find((option) => option.text.startsWith("connect")).value));
        await hands.fill("Port", "5000");
        await hands.fill("Local port", "5000");
        await hands.dialogButton("Do it");
        await page.evaluate(() => document.querySelector("tcp-playground").hush());
      }
      await expect.poll(async () => (await settled(page), (await states(page, "B")).at(-1))).toBe("ESTABLISHED");
      expect(await states(page, "A")).toEqual(["SYN-SENT", "SYN-RECEIVED", "ESTABLISHED"]);
      await seekEnd(page);
      await hands.act("Host A", /^close \(/);
      await hands.act("Host B", /^close \(/);
      await until(page, (all) => all.filter((row) => row.kind === "state" && row.args.to === "CLOSING").length === 2);
      const fins = [...(await sends(page, "A", "F.")), ...(await sends(page, "B", "F."))];
      await verdict(page, "simultaneous-by-hand", fins.map(({ id }) => id));
      for (let turn = 0; turn < 4; turn += 1) await hands.undo();
      await expect.poll(() => page.evaluate(() => document.querySelector("tcp-playground").player.record_count)).toBe(0);
      expect(await page.evaluate(() => document.querySelector("tcp-playground").player.can_undo)).toBe(false);
    });

    for (const [place, by] of [["at-rcv-nxt", 0], ["in-the-window", 100]]) {
      for (const protection of ["on", "off"]) {
        test(`a forged RST ${place}, challenge ACKs ${protection}`, async ({ page }) => {
          await open(page);
          await seekEnd(page);
          const hands = hand(page);
          if (protection === "off") await hands.setting("Host B", "Challenge ACKs", false);
          const next = await page.evaluate(() => {
            const { player } = document.querySelector("tcp-playground");
            const socket = player.hosts().find(({ host }) => host === "B").sockets.find(({ kind }) => kind === "connection");
            return socket.values.find((value) => value.name === "RCV.NXT").value;
          });
          await hands.act("Link", /^Forge a segment/);
          await hands.fill("To", "B");
          await hands.fill("Sequence number", String((next + by) % 2 ** 32));
          await hands.dialogButton("Send it");
          const obeyed = by === 0 || protection === "off";
          await until(page, (all) => all.some((row) => row.place === "B" && row.reason === (obeyed ? "rst-received" : "challenge-ack-for-rst")));
          const forged = (await rows(page)).find((row) => row.kind === "send" && row.place === "attacker");
          await verdict(page, `forged-rst-${place}-${protection}`, [forged.id]);
        });
      }
    }

    test("unplug B in half-close: the time limit ends it", async ({ page }) => {
      await open(page, "/index.html", { scenario: "four-way-close" });
      const half = (await rows(page)).find((row) => row.kind === "state" && row.place === "A" && row.args.to === "FIN-WAIT-2");
      await seek(page, half.time_us / 1000 + 1);
      await hand(page).act("Host B", /^Pull the plug/);
      await until(page, (all) => all.some((row) => row.kind === "timer-fired" && row.key === "fin-wait-2"));
      await verdict(page, "unplug-in-half-close", [half.id]);
    });

    test("reboot A and connect again", async ({ page }) => {
      await open(page);
      await seekEnd(page);
      await hand(page).act("Host A", /^Reboot/);
      await settled(page);
      await seekEnd(page);
      await hand(page).act("Host A", /^connect/);
      await expect.poll(async () => (await settled(page), (await sends(page, "A", "S")).length)).toBe(2);
      const [, again] = await sends(page, "A", "S");
      await verdict(page, "reboot-and-connect-again", [again.id]);
    });

    test("fork at the SYN-ACK, lose it in one future, compare both; take one away, and back", async ({ page }) => {
      await open(page);
      await seekEnd(page);
      await seek(page, 90);
      const hands = hand(page);
      const [answer] = await sends(page, "B", "S.");
      await hands.onSegment(answer.id, /^Lose it/);
      await expect(page.getByText("another future")).toBeVisible();
      await hands.press(page.getByRole("button", { name: "Show branches" }));
      const panel = page.getByRole("tabpanel", { name: "Branches" });
      await expect(panel.getByRole("listitem")).toHaveCount(2);
      // A name of one's own.
      const own = panel.getByRole("textbox").last();
      await own.fill("lost");
      await own.press("Tab");
      await expect.poll(() => page.evaluate(() => document.querySelector("tcp-playground").player.branches()[1].name)).toBe("lost");
      await hands.press(panel.getByRole("button", { name: "Compare" }));
      await expect(page.getByRole("tab", { name: "Compare" })).toHaveAttribute("aria-selected", "true");
      await expect(page.getByText("The first difference is at")).toBeVisible();
      const difference = await page.evaluate(() => document.querySelector("tcp-playground").player.comparison?.() ?? document.querySelector("tcp-playground").player.compare_branch(0));
      expect([difference.first_difference.time_us, difference.first_difference.here.kind]).toEqual([90_000, "intervention"]);
      // Gone, and back.
      await hands.press(panel.getByRole("button", { name: "Delete" }).last());
      await expect(panel.getByRole("listitem")).toHaveCount(1);
      await expect(panel.getByRole("button", { name: "Delete" })).toHaveAttribute("aria-disabled", "true");
      await hands.undo();
      await expect(panel.getByRole("listitem")).toHaveCount(2);
      await hands.press(page.getByRole("status").getByRole("button", { name: "Dismiss" }));
      // The other future is as it was.
      await hands.press(panel.getByRole("button", { name: "Switch to it" }));
      await expect.poll(async () => (await settled(page), (await rows(page)).some((row) => row.kind === "drop"))).toBe(false);
      await hands.press(panel.getByRole("button", { name: "Switch to it" }));
      await page.evaluate(() => document.querySelector("tcp-playground").showView("ladder"));
      await verdict(page, "syn-ack-lost-in-one-future", [answer.id]);
    });
  });
}
