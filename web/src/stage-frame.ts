/** The stage: tabs for the views, the canvases, the ways to act at each host. */
import { html, nothing, type TemplateResult } from "lit";
import { perform } from "./commands.js";
import type { TcpPlayground } from "./element.js";
import type { Place, ViewId } from "./engine.js";
import { icon } from "./icons.js";
import { tabKeys } from "./tabs.js";

/** The views a tab leads to, and the canvases each consists of. */
export const VIEWS: readonly { id: string; canvases: readonly ViewId[] }[] = [
  { id: "ladder", canvases: ["ladder"] },
  { id: "states", canvases: ["states-a", "states-b"] },
  { id: "sequence-space", canvases: ["sequence-space"] },
  { id: "time-sequence", canvases: ["time-sequence"] },
  { id: "compare", canvases: ["compare"] },
];

export function stageFrame(element: TcpPlayground): TemplateResult {
  const { t, view } = element;
  const shown = VIEWS.find(({ id }) => id === view) ?? VIEWS[0];
  const comparing = view === "compare";
  return html`
    <div class="stage" part="stage">
      ${element.hides("views") ? nothing : viewTabs(element)}
      ${
        element.hides("acts")
          ? nothing
          : html`<div class="acts" role="group" aria-label=${t("acts")}>
              ${(["A", "link", "B"] as const).map((place) => actButton(element, place))}
            </div>`
      }
      <div class="picture" data-view=${view}>
      <div class="canvases" id="canvases" role="tabpanel" aria-labelledby=${element.hides("views") ? nothing : `view-${view}`} aria-label=${element.hides("views") ? t(`view-${view}`) : nothing} data-view=${view}>
        ${comparing && element.lazy ? element.lazy.comparison(element) : nothing}
        ${shown?.canvases.map(
          (canvas) => html`
            <div class="canvas">
              ${view === "states" ? html`<b class="whose">${t(`place-${canvas.slice(-1)}`)}</b>` : nothing}
              <canvas
                data-view=${canvas}
                tabindex="0"
                role="application"
                aria-label=${t(`canvas-${canvas}`)}
                aria-describedby="stage-help"
                @pointerdown=${element.stage.down}
                @pointermove=${element.stage.move}
                @pointerup=${element.stage.up}
                @pointercancel=${element.stage.up}
                @pointerleave=${element.stage.leave}
                @contextmenu=${element.stage.contextMenu}
                @wheel=${{ handleEvent: element.stage.wheel, passive: false }}
              ></canvas>
              ${canvas === "ladder" ? beginning(element) : nothing}
              <p class="empty ${comparing && element.lazy ? "told" : ""}">${nothingThere(element, canvas)}</p>
            </div>
          `,
        )}
        <p class="unseen" id="stage-help">${t("stage-help")}</p>
      </div>
      ${element.lazy?.legend(element)}
      </div>
      ${element.hides("numbers") ? nothing : numbers(element)} ${element.hides("zoom") ? nothing : zoomButtons(element)}
    </div>
  `;
}

/** Why a view shows nothing. */
function nothingThere(element: TcpPlayground, canvas: ViewId): string {
  const { t, view } = element;
  if (view !== "states") return t(`empty-${view}`);
  const whose = canvas === "states-a" ? "A" : "B";
  const kind = element.host.read((player) => player.hosts(), []).find(({ host }) => host === whose)?.kind ?? "engine";
  return kind === "engine" ? t("empty-states") : t(`unknown-states-${kind}`, { host: whose });
}

/** At the very beginning, standing still: a newcomer sees two lines and wonders. */
function untouched({ player }: TcpPlayground): boolean {
  return player !== undefined && !player.playing && player.event_index <= 1 && player.record_count > 0;
}

/** What there is to do before anything has happened. */
function beginning(element: TcpPlayground): TemplateResult | typeof nothing {
  if (element.player?.record_count === 0)
    return html`<div class="start"><p class="hint">${element.t("empty-ladder")}</p></div>`;
  return untouched(element) ? start(element) : nothing;
}

/** What a newcomer is asked to do first. The button goes when it is pressed, so the picture takes the focus. */
function start(element: TcpPlayground): TemplateResult {
  const { t } = element;
  return html`
    <div class="start">
      <button
        class="primary"
        @click=${(event: Event) => {
          (event.currentTarget as Element).closest(".canvas")?.querySelector("canvas")?.focus({ preventScroll: true });
          perform(element, "toggle");
        }}
      >
        ${icon("play")}<span>${t("start")}</span>
      </button>
      <p class="hint">${t("start-hint")} <span class="step" aria-hidden="true">${icon("next")}<kbd>→</kbd></span></p>
    </div>
  `;
}

function viewTabs(element: TcpPlayground): TemplateResult {
  const { t, view } = element;
  return html`
    <div class="views" role="tablist" aria-label=${t("views")} @keydown=${tabKeys}>
      ${VIEWS.map(
        ({ id }) => html`
          <button
            role="tab"
            id="view-${id}"
            aria-selected=${id === view}
            aria-controls="canvases"
            aria-disabled=${element.locks("views") && id !== view ? "true" : nothing}
            tabindex=${id === view ? 0 : -1}
            @click=${() => element.showView(id)}
          >
            ${t(`view-${id}`)}
          </button>
        `,
      )}
    </div>
  `;
}

function numbers(element: TcpPlayground): TemplateResult {
  return html`
      <label class="switch numbers"
        ><input
          type="checkbox"
          ?disabled=${element.locks("numbers")}
          .checked=${element.preferences.absolute}
          @change=${(event: Event) => element.prefer({ absolute: (event.target as HTMLInputElement).checked })}
        /><span>${element.t("absolute")}</span></label
      >
  `;
}

function zoomButtons(element: TcpPlayground): TemplateResult {
  const { t } = element;
  return html`
      <div class="zoom" role="group" aria-label=${t("zoom")}>
        <button title=${t("zoom-out")} aria-label=${t("zoom-out")} @click=${() => perform(element, "zoom-out")}>−</button>
        <button title=${t("zoom-fit")} aria-label=${t("zoom-fit")} @click=${() => element.refuses("zoom") || fit(element)}>${icon("full")}</button>
        <button title=${t("zoom-in")} aria-label=${t("zoom-in")} @click=${() => perform(element, "zoom-in")}>+</button>
      </div>
  `;
}

function actButton(element: TcpPlayground, place: Exclude<Place, "attacker">): TemplateResult {
  const { t } = element;
  return html`
    <button
      class="act"
      data-place=${place}
      aria-haspopup="menu"
      @click=${(event: MouseEvent) => {
        const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
        element.openMenu({ kind: "host", place, x: box.left, y: box.bottom + 4 });
      }}
    >
      <span>${t(`act-at-${place.toLowerCase()}`)}</span>${icon("down")}
    </button>
  `;
}

/** The canvases on screen, as the engine calls them. */
export function canvasesOf(element: TcpPlayground): readonly ViewId[] {
  return VIEWS.find(({ id }) => id === element.view)?.canvases ?? [];
}

export function zoom(element: TcpPlayground, factor: number): void {
  for (const view of canvasesOf(element)) {
    const canvas = element.renderRoot.querySelector<HTMLCanvasElement>(`canvas[data-view="${view}"]`);
    const [x, y] = [(canvas?.clientWidth ?? 0) / 2, (canvas?.clientHeight ?? 0) / 2];
    element.host.command((player) => player.zoom(view, factor, x, y));
  }
}

function fit(element: TcpPlayground): void {
  for (const view of canvasesOf(element)) {
    element.host.command((player) => {
      player.fit(view);
      player.set_follow(view, true);
    });
  }
}
