/** The canvases: their size, theme, painting, and what a pointer does on them. */
import type { DisplayOption, Hit, Player, ViewId } from "./engine.js";
import type { PlayerHost } from "./player-host.js";

/** What the stage asks of the element around it. */
export interface StageOwner {
  readonly host: PlayerHost;
  /** The element whose computed style holds the tokens. */
  readonly frameElement: HTMLElement | null;
  /** Somebody chose what stands at a point. */
  picked(view: ViewId, hit: Hit | undefined): void;
  /** Somebody asks what can be done with it; client coordinates. */
  requestMenu(hit: Hit, x: number, y: number): void;
  /** Somebody has dragged a segment on its way: out of the picture, or downwards by so much virtual time. */
  dragged(hit: Hit, outside: boolean, by_us: number): void;
  /** Whether pointing at something shows it at once. */
  hovered(hit: Hit | undefined): void;
}

interface Surface {
  view: ViewId;
  canvas: HTMLCanvasElement;
  context: CanvasRenderingContext2D;
  width: number;
  height: number;
}

/**
 * Any colour of CSS as the engine takes them. What a system colour is depends on where it stands (a dark theme's `Canvas`
 * is black), so an element of the frame is asked.
 */
function sixDigits(colour: string, probe: HTMLElement): string {
  if (/^#[0-9a-f]{6}$/i.test(colour)) return colour;
  probe.style.color = colour;
  const parts = getComputedStyle(probe).color.match(/\d+/g)?.slice(0, 3) ?? [];
  return parts.length < 3 ? "#808080" : `#${parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("")}`;
}

/** A bitmap may always be so dense; denser ones (a zoomed page, a telephone) only while they are small: every frame pays. */
const DENSITY_FREE = 2;
const PIXELS_MAX = 2_500_000;
const LONG_PRESS_MS = 500;
/** A press that strays further is a drag. */
const SLOP_PX = 6;

export class Stage {
  #surfaces = new Map<HTMLCanvasElement, Surface>();
  #observer = new ResizeObserver((entries) => {
    for (const entry of entries) this.#measure(entry.target as HTMLCanvasElement, entry.contentRect);
  });
  #owner: StageOwner;
  #resolution: MediaQueryList | undefined;
  #measured = false;

  constructor(owner: StageOwner) {
    this.#owner = owner;
  }

  /** Takes the canvases now in the picture, lets go of the others. */
  use(canvases: Iterable<HTMLCanvasElement>): void {
    const wanted = new Set(canvases);
    for (const [canvas] of this.#surfaces) {
      if (wanted.has(canvas)) continue;
      this.#observer.unobserve(canvas);
      this.#surfaces.delete(canvas);
    }
    for (const canvas of wanted) {
      const known = this.#surfaces.get(canvas);
      const view = canvas.dataset.view as ViewId;
      if (known) {
        known.view = view;
        continue;
      }
      const context = canvas.getContext("2d");
      if (!context) continue;
      this.#surfaces.set(canvas, { view, canvas, context, width: 0, height: 0 });
      this.#observer.observe(canvas);
    }
  }

  #measure(canvas: HTMLCanvasElement, rect: DOMRectReadOnly): void {
    const surface = this.#surfaces.get(canvas);
    // A hidden canvas measures 0 × 0; its bitmap stays as it was.
    if (!surface || rect.width < 1 || rect.height < 1) return;
    surface.width = rect.width;
    surface.height = rect.height;
    this.#owner.host.invalidate();
    // The very first picture has a frame to itself: layout has just been made for the first time.
    if (this.#measured) this.paint();
    this.#measured = true;
  }

  /** Device pixels per CSS pixel of a picture of this size. */
  #density(width: number, height: number): number {
    const wish = devicePixelRatio || 1;
    return Math.max(Math.min(wish, DENSITY_FREE), Math.min(wish, Math.sqrt(PIXELS_MAX / (width * height))));
  }

  paint(): void {
    for (const { view, canvas, context, width, height } of this.#surfaces.values()) {
      if (width < 1 || height < 1) continue;
      const density = this.#density(width, height);
      const [columns, rows] = [Math.round(width * density), Math.round(height * density)];
      if (canvas.width !== columns) canvas.width = columns;
      if (canvas.height !== rows) canvas.height = rows;
      const something = this.#owner.host.read((player) => player.paint(view, context, width, height, density), false);
      canvas.toggleAttribute("data-empty", !something);
    }
  }

  /** Hands the tokens of the present theme to the engine. */
  theme(player: Player, roles: readonly string[]): void {
    const frame = this.#owner.frameElement;
    if (!frame) return;
    const style = getComputedStyle(frame);
    const probe = document.createElement("i");
    probe.style.forcedColorAdjust = "none";
    frame.append(probe);
    const colours = roles.map((role) => sixDigits(style.getPropertyValue(`--tcp-${role}`).trim(), probe));
    probe.remove();
    player.set_theme(colours, style.getPropertyValue("--tcp-mono").trim(), Number.parseFloat(style.fontSize) || 16);
  }

  options(player: Player, options: Partial<Record<DisplayOption, boolean>>): void {
    for (const [name, on] of Object.entries(options)) player.set_option(name as DisplayOption, on);
  }

  connect(): void {
    this.#watchResolution();
  }

  disconnect(): void {
    this.#observer.disconnect();
    this.#surfaces.clear();
    this.#resolution?.removeEventListener("change", this.#densityChanged);
    this.#resolution = undefined;
    this.#endPress();
  }

  #watchResolution(): void {
    this.#resolution?.removeEventListener("change", this.#densityChanged);
    this.#resolution = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    this.#resolution.addEventListener("change", this.#densityChanged);
  }

  #densityChanged = (): void => {
    this.#watchResolution();
    this.paint();
  };

  // ---------------------------------------------------------------- pointers

  #press:
    | { view: ViewId; id: number; x: number; y: number; hit: Hit | undefined; timer: number; dragged: boolean }
    | undefined;
  #pinch: { view: ViewId; points: Map<number, { x: number; y: number }> } | undefined;

  #at(event: { currentTarget: EventTarget | null; clientX: number; clientY: number; pointerType?: string }) {
    const canvas = event.currentTarget as HTMLCanvasElement;
    const box = canvas.getBoundingClientRect();
    const surface = this.#surfaces.get(canvas);
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const view = surface?.view ?? "ladder";
    return {
      view,
      x,
      y,
      hit: () => this.#owner.host.read((player) => player.hit(view, x, y, event.pointerType === "touch"), undefined),
    };
  }

  down = (event: PointerEvent): void => {
    const { view, x, y, hit } = this.#at(event);
    if (event.pointerType === "touch") {
      this.#pinch ??= { view, points: new Map() };
      this.#pinch.points.set(event.pointerId, { x, y });
      if (this.#pinch.points.size > 1) {
        this.#endPress();
        return;
      }
    }
    if (event.button !== 0) return;
    const found = hit();
    const timer =
      event.pointerType === "touch" && found?.id !== undefined
        ? window.setTimeout(() => {
            this.#endPress();
            this.#owner.requestMenu(found, event.clientX, event.clientY);
          }, LONG_PRESS_MS)
        : 0;
    this.#press = { view, id: event.pointerId, x, y, hit: found, timer, dragged: false };
    if (event.pointerType === "mouse") (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };

  move = (event: PointerEvent): void => {
    const { view, x, y, hit } = this.#at(event);
    if (this.#pinch && this.#pinch.points.size > 1 && this.#pinch.points.has(event.pointerId)) {
      this.#pinched(event.pointerId, x, y);
      return;
    }
    const press = this.#press;
    if (press && press.id === event.pointerId) {
      const [dx, dy] = [x - press.x, y - press.y];
      if (!press.dragged && Math.hypot(dx, dy) < SLOP_PX) return;
      if (!press.dragged) window.clearTimeout(press.timer);
      press.dragged = true;
      if (press.hit?.in_flight && view === "ladder") {
        (event.currentTarget as HTMLElement).style.cursor = "grabbing";
      } else if (event.pointerType !== "touch") {
        this.#owner.host.command((player) => player.scroll(view, -dx, -dy));
        press.x = x;
        press.y = y;
      }
      return;
    }
    // After a tap, when the page's layout has changed, browsers tell of a mouse that does not move at the place of the tap.
    if (event.pointerType === "mouse" && (event.movementX !== 0 || event.movementY !== 0)) {
      const found = hit();
      (event.currentTarget as HTMLElement).style.cursor =
        found?.id !== undefined || found?.kind === "host" ? "pointer" : "grab";
      this.#owner.hovered(found);
    }
  };

  #pinched(id: number, x: number, y: number): void {
    const pinch = this.#pinch;
    if (!pinch) return;
    const before = [...pinch.points.values()].slice(0, 2);
    pinch.points.set(id, { x, y });
    const after = [...pinch.points.values()].slice(0, 2);
    const [a0, b0, a1, b1] = [before[0], before[1], after[0], after[1]];
    if (!a0 || !b0 || !a1 || !b1) return;
    const middle = { x: (a1.x + b1.x) / 2, y: (a1.y + b1.y) / 2 };
    const was = { x: (a0.x + b0.x) / 2, y: (a0.y + b0.y) / 2 };
    const grown = Math.hypot(a1.x - b1.x, a1.y - b1.y) / Math.max(Math.hypot(a0.x - b0.x, a0.y - b0.y), 1);
    this.#owner.host.command((player) => {
      player.zoom(pinch.view, grown, middle.x, middle.y);
      player.scroll(pinch.view, was.x - middle.x, was.y - middle.y);
    });
  }

  up = (event: PointerEvent): void => {
    this.#pinch?.points.delete(event.pointerId);
    if (this.#pinch?.points.size === 0) this.#pinch = undefined;
    const press = this.#press;
    if (press?.id !== event.pointerId) return;
    const { hit, view, dragged } = press;
    this.#endPress();
    if (dragged && hit?.in_flight && view === "ladder" && event.type === "pointerup" && event.pointerType !== "touch") {
      const { x, y } = this.#at(event);
      const box = (event.currentTarget as Element).getBoundingClientRect();
      const outside = x < 0 || y < 0 || x > box.width || y > box.height;
      this.#owner.dragged(hit, outside, Math.round((y - press.y) * this.#timePerPixel(press.y, box.width)));
      return;
    }
    if (!dragged && event.type === "pointerup") this.#owner.picked(view, hit);
  };

  /** How much virtual time a pixel of the ladder is at a height: measured on what is drawn there. */
  #timePerPixel(y: number, width: number): number {
    const step = 24;
    const [here, above] = [this.#timeAt(y, width), this.#timeAt(y - step, width)];
    return here === undefined || above === undefined ? 0 : Math.max(here - above, 0) / step;
  }

  #timeAt(y: number, width: number): number | undefined {
    for (let x = 4; x < width; x += 5) {
      const time = this.#owner.host.read((player) => player.hit("ladder", x, y, false)?.time_us, undefined);
      if (time !== undefined) return time;
    }
    return undefined;
  }

  leave = (): void => {
    this.#owner.hovered(undefined);
  };

  contextMenu = (event: MouseEvent): void => {
    const { hit } = this.#at(event);
    const found = hit();
    if (found?.id === undefined && !found?.host) return;
    event.preventDefault();
    this.#endPress();
    this.#owner.requestMenu(found, event.clientX, event.clientY);
  };

  /** Only with Ctrl (which is also what a trackpad's pinch looks like): a plain wheel belongs to the page. */
  wheel = (event: WheelEvent): void => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { view, x, y } = this.#at(event);
    this.#owner.host.command((player) => player.zoom(view, Math.exp(-event.deltaY / 300), x, y));
  };

  #endPress(): void {
    if (this.#press) window.clearTimeout(this.#press.timer);
    this.#press = undefined;
  }
}
