// The three ways to act: by mouse, by touch, by keyboard alone. Each does the same things in its own way.
import { expect } from "@playwright/test";
import { command, rows, settled } from "./hands.mjs";

export const DRIVERS = ["mouse", "touch", "keyboard"];
/** What a context needs for each. */
export const CONTEXT = {
  mouse: {},
  touch: { hasTouch: true, viewport: { width: 390, height: 844 } },
  keyboard: {},
};

/** A point well within what is drawn of a record: at its edge a pointer's own mark may take its place. */
async function middleOf(page, record) {
  let point = null;
  const find = () => page.evaluate((id) => {
    const element = document.querySelector("tcp-playground");
    const box = element.renderRoot.querySelector("canvas[data-view=ladder]").getBoundingClientRect();
    const on = (x, y) => element.player.hit("ladder", x, y, false)?.id === id;
    const found = [];
    for (let y = 2; y < box.height; y += 3) for (let x = 2; x < box.width; x += 6) if (on(x, y) && on(x - 3, y) && on(x + 3, y)) found.push({ x: box.left + x, y: box.top + y });
    return found[found.length >> 1] ?? null;
  }, record);
  await expect.poll(async () => (point = await find()), { timeout: 5000 }).not.toBeNull();
  return point;
}

export function driver(page, name) {
  const press = {
    mouse: (target) => target.click(),
    touch: (target) => target.tap(),
    keyboard: async (target) => {
      await target.focus();
      await page.keyboard.press("Enter");
    },
  }[name];

  /** In a menu: the mouse and the finger go to the item, the keys walk to it. */
  const choose = async (item) => {
    const target = page.getByRole("menuitem", { name: item }).first();
    await expect(target).toBeVisible();
    if (name !== "keyboard") return press(target);
    for (let turn = 0; turn < 60; turn += 1) {
      if (await target.evaluate((node) => node.getRootNode().activeElement === node)) return page.keyboard.press("Enter");
      await page.keyboard.press("ArrowDown");
    }
    throw new Error(`the keys do not reach ${item}`);
  };

  const hands = {
    press,
    /** Opens the menu of a host or of the link, and takes an item. */
    async act(place, item) {
      await press(page.getByRole("button", { name: place, exact: true }).first());
      await choose(item);
    },
    /** Takes an item of the menu of a segment on its way. */
    async onSegment(id, item) {
      if (name === "keyboard") {
        await command(page, "(player) => player.select(undefined)");
        await page.locator("canvas[data-view=ladder]").focus();
        for (let turn = 0; turn < 200; turn += 1) {
          await page.keyboard.press("ArrowUp");
          if ((await page.evaluate(() => document.querySelector("tcp-playground").player.selected)) === id) break;
        }
        expect(await page.evaluate(() => document.querySelector("tcp-playground").player.selected)).toBe(id);
        await page.keyboard.press("Enter");
        return choose(item);
      }
      const client = await page.context().newCDPSession(page);
      await command(page, "(player, id) => player.reveal('ladder', id)", id);
      // The picture may still be on its way to where the playback is.
      await expect(async () => {
        let point = await middleOf(page, id);
        const below = point.y - page.viewportSize().height + 40;
        if (below > 0 || point.y < 10) {
          await page.evaluate((by) => scrollBy(0, by), below > 0 ? below : point.y - 40);
          point = await middleOf(page, id);
        }
        if (name === "mouse") await page.mouse.click(point.x, point.y, { button: "right" });
        else await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
        try {
          await expect(page.getByRole("menuitem", { name: item }).first()).toBeVisible({ timeout: 6000 });
        } finally {
          if (name === "touch") await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
        }
      }).toPass();
      return choose(item);
    },
    /** Fills a field of the dialog: choices by their words, the rest by their text. */
    async fill(label, value) {
      const field = page.getByRole("dialog").getByLabel(label, { exact: true });
      if ((await field.evaluate((node) => node.localName)) === "select") return field.selectOption(value);
      if (name !== "keyboard") return field.fill(value);
      await field.focus();
      await page.keyboard.press("Control+a");
      await page.keyboard.type(value);
      return undefined;
    },
    async dialogButton(label) {
      await press(page.getByRole("dialog").getByRole("button", { name: label, exact: true }).last());
      await expect(page.getByRole("dialog")).toHaveCount(0);
    },
    async undo() {
      if (name !== "keyboard") return press(page.getByRole("button", { name: "Undo" }).first());
      await page.locator("canvas").first().focus();
      return page.keyboard.press("Control+z");
    },
    /** A switch in the settings of a host, from now on. */
    async setting(host, label, on) {
      await hands.act(host, /^Settings/);
      await press(page.getByRole("dialog").getByRole("button", { name: host, exact: true }));
      const box = page.getByRole("dialog").getByRole("checkbox", { name: label, exact: true });
      if (name === "keyboard") {
        await box.focus();
        if ((await box.isChecked()) !== on) await page.keyboard.press("Space");
      } else await box.setChecked(on);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
      await settled(page);
    },
  };
  return hands;
}

/** The run as lines to be reviewed: every record with its numbers, its reason and its cause. */
export async function told(page) {
  await settled(page);
  const all = await rows(page);
  const numbers = ({ flags, seq, ack, len, from, to, result, retransmission_of, deadline_us }) =>
    Object.entries({ flags, from, to, seq, ack, len, result, retransmission_of, deadline_us })
      .filter(([, value]) => value !== undefined)
      .map(([field, value]) => `${field}=${value}`)
      .join(" ");
  const lines = all.map((row) => `${row.id} <${row.cause ?? "-"} ${row.time_us} ${row.place}.${row.socket} ${row.kind} ${row.key} ${row.reason ?? ""} ${numbers(row.args)}`.replace(/ +$/g, "").replace(/ {2,}/g, " "));
  const run = await page.evaluate(() => document.querySelector("tcp-playground").player.run_text());
  return `${run.match(/^(trace|do) .*$/gm).join("\n")}\n\n${lines.join("\n")}\n`;
}
