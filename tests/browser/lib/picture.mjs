// The ladder as a picture to be reviewed, and whether the canvas shows it.
//
// What is kept is the page's own export, an SVG whose every length is computed from tables that the project carries: it is the
// same on every machine. The canvas is then compared with it pixel by pixel, but for what letters cover: those depend on the
// fonts there are.
import { readFile, writeFile } from "node:fs/promises";
import { expect } from "@playwright/test";

/** The canvas puts edges on whole pixels: a gap of one pixel may close. Any line moved or missing is worth hundreds. */
export const SLACK = 6;

/** The ladder up to now, as «Share» hands it out. */
export async function exported(page) {
  await page.evaluate(() => document.querySelector("tcp-playground").openDialog("share"));
  const coming = page.waitForEvent("download");
  await page.getByRole("dialog").getByRole("button", { name: "Ladder as SVG" }).click();
  const svg = await readFile(await (await coming).path(), "utf8");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  // What the dialog's button lay over would be lit by the pointer that is now on it.
  await page.mouse.move(1, 1);
  return svg;
}

/** Compares the ladder on screen, unscrolled and as large as the kept picture, with that picture. */
export async function onCanvas(page, svg) {
  const root = /viewBox="0 0 (\S+) (\S+)" width="\S+" height="\S+"/;
  // Whole pixels, so that nothing is scaled.
  const [width, height] = root.exec(svg).slice(1).map((length) => Math.ceil(Number(length)));
  const sized = svg.replace(root, `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`);
  await page.evaluate(
    async ([w, h]) => {
      const element = document.querySelector("tcp-playground");
      element.hush();
      element.select(undefined);
      const canvas = element.renderRoot.querySelector("canvas[data-view=ladder]");
      canvas.dataset.style = canvas.getAttribute("style") ?? "";
      // Over everything else, at the size of the kept picture; a pointer that now lies on it is not meant.
      canvas.style.cssText += `;position:fixed;inset:0 auto auto 0;inline-size:${w}px;block-size:${h}px;max-inline-size:none;max-block-size:none;z-index:9;pointer-events:none`;
      element.host.command((player) => {
        player.hover(undefined);
        player.zoom("ladder", 1 / player.view_state("ladder").zoom, 0, 0);
        player.set_follow("ladder", false);
        player.scroll("ladder", 0, -1e9);
      });
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let turn = 0; turn < 240 && Math.abs(canvas.width - Math.round(w * devicePixelRatio)) > 1; turn += 1) await frame();
      for (let turn = 0; turn < 4; turn += 1) await frame();
    },
    [width, height],
  );
  const result = await page.evaluate(compare, { svg: sized, width, height });
  await page.evaluate(() => {
    const element = document.querySelector("tcp-playground");
    const canvas = element.renderRoot.querySelector("canvas[data-view=ladder]");
    canvas.setAttribute("style", canvas.dataset.style ?? "");
    element.host.command((player) => player.set_follow("ladder", true));
    // It is measured and painted before anybody looks again.
    return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  });
  return result;
}

/** In the page: how many pixels of either picture have no place in the other, give or take a pixel. */
async function compare({ svg, width: w, height: h }) {
  const canvas = document.querySelector("tcp-playground").renderRoot.querySelector("canvas[data-view=ladder]");
  const surface = (draw) => {
    const made = new OffscreenCanvas(w, h).getContext("2d", { willReadFrequently: true });
    draw(made);
    return made.getImageData(0, 0, w, h).data;
  };
  const painted = async (text) => {
    const image = new Image(w, h);
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    return surface((to) => to.drawImage(image, 0, 0, w, h));
  };
  // Dark or light is the reader's choice; what is kept is compared in light.
  const whole = svg.replace(/@media \(prefers-color-scheme:dark\)\{[^@]*?\}\n\}\n/s, "");
  const kept = await painted(whole);
  const bare = await painted(whole.replace(/<text[\s\S]*?<\/text>\n?/g, ""));
  const shown = surface((to) => to.drawImage(canvas, 0, 0, w, h));
  // A pixel is right if it lies between its neighbours in the other picture: whatever blends at an edge does. The canvas puts
  // level and upright strokes on whole pixels, so that there they may be stronger, but only where there is something at all.
  const between = (one, at, other, stronger) => {
    for (let channel = 0; channel < 3; channel += 1) {
      let [least, most] = [255, 0];
      for (let row = -1; row <= 1; row += 1) {
        for (let column = -1; column <= 1; column += 1) {
          const value = other[at + 4 * (row * w + column) + channel];
          if (value < least) least = value;
          if (value > most) most = value;
        }
      }
      const value = one[at + channel];
      const slack = 12 + stronger * (most - least);
      if (value < least - slack || value > most + slack) return false;
    }
    return true;
  };
  // Letters, and as much around them as another font may need.
  const letters = new Uint8Array(w * h);
  for (let y = 0; y < h; y += 1) {
    for (let x = 0; x < w; x += 1) {
      const at = 4 * (y * w + x);
      if (kept[at] === bare[at] && kept[at + 1] === bare[at + 1] && kept[at + 2] === bare[at + 2]) continue;
      for (let down = -4; down <= 4; down += 1) {
        const row = y + down;
        if (row >= 0 && row < h) letters.fill(1, row * w + Math.max(x - 9, 0), row * w + Math.min(x + 10, w));
      }
    }
  }
  const wrong = [];
  let drawn = 0;
  for (let y = 2; y < h - 2; y += 1) {
    for (let x = 2; x < w - 2; x += 1) {
      if (letters[y * w + x]) continue;
      const at = 4 * (y * w + x);
      if (kept[at] + kept[at + 1] + kept[at + 2] < 720) drawn += 1;
      if (!between(shown, at, kept, 1) || !between(kept, at, shown, 0)) wrong.push([x, y]);
    }
  }
  return { size: [w, h], drawn, wrong: wrong.length, first: wrong.slice(0, 12), covered: letters.reduce((sum, one) => sum + one, 0) / letters.length };
}

/** The picture is the kept one, and the canvas shows it. */
export async function pictureHolds(page, name) {
  const svg = await exported(page);
  const file = new URL(`../snapshots/${name}.svg`, import.meta.url);
  if (process.env.TCP_PLAYGROUND_BLESS) await writeFile(file, svg);
  expect(svg).toBe(await readFile(file, "utf8").catch(() => "there is no such picture: TCP_PLAYGROUND_BLESS=1 cargo xtask test browser"));
  const seen = await onCanvas(page, svg);
  expect(seen.drawn, "there is something in it").toBeGreaterThan(2000);
  expect(seen.wrong, `the canvas is another picture than snapshots/${name}.svg: ${JSON.stringify(seen)}`).toBeLessThanOrEqual(SLACK);
  return svg;
}
