/** The slider over play time, with a tick per event and the chapters. */
import { html, nothing, svg, type TemplateResult } from "lit";
import type { TcpPlayground } from "./element.js";

/** More ticks than this are a smear: the track then carries every n-th. */
const TICKS_MAX = 240;

export function scrubber(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const marks = element.host.read((player) => player.event_marks(TICKS_MAX), new Uint32Array());
  const chapters = element.host.read((player) => player.chapters(), []);
  const duration = Math.max(element.player?.play_duration_ms ?? 1, 1);
  return html`
    <div class="scrubber" part="scrubber">
      <div
        class="slider"
        role="slider"
        tabindex="0"
        aria-label=${t("scrub")}
        aria-disabled=${element.locks("seek") ? "true" : nothing}
        aria-valuemin="0"
        aria-valuemax=${Math.round(duration)}
        aria-valuenow=${Math.round(element.player?.play_ms ?? 0)}
        aria-valuetext=${positionText(element)}
        @pointerdown=${(event: PointerEvent) => grab(element, event)}
        @pointermove=${(event: PointerEvent) => drag(element, event)}
      >
        <svg class="ticks" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">
          ${svg`<path d=${ticks(marks, duration)} vector-effect="non-scaling-stroke"></path>`}
        </svg>
        <div class="track"><div class="done"></div></div>
        ${chapters.map(
          ({ play_ms, kind }) =>
            html`<i class="chapter" data-kind=${kind} style="inset-inline-start:${(100 * play_ms) / duration}%"></i>`,
        )}
        <div class="carrier"><div class="thumb"></div></div>
      </div>
    </div>
  `;
}

function ticks(marks: Uint32Array, duration: number): string {
  let path = "";
  for (const mark of marks) path += `M${Math.round((10000 * mark) / duration) / 10} 0v12`;
  return path;
}

function positionText(element: TcpPlayground): string {
  const { player, messages, t } = element;
  if (!player) return "";
  return `${t("position", { event: player.event_index, count: player.event_count })}, ${messages.time(player.position_us)}`;
}

/** What moves every frame is written straight into the picture. */
export function showPosition(element: TcpPlayground): void {
  const { player, messages, renderRoot } = element;
  if (!player || !renderRoot) return;
  const slider = renderRoot.querySelector<HTMLElement>(".slider");
  const share = player.play_ms / Math.max(player.play_duration_ms, 1);
  if (slider) {
    const done = Math.min(Math.max(share, 0), 1);
    const [bar, carrier] = [slider.querySelector<HTMLElement>(".done"), slider.querySelector<HTMLElement>(".carrier")];
    if (bar) bar.style.transform = `scaleX(${done})`;
    if (carrier) carrier.style.transform = `translateX(${(messages.direction === "rtl" ? -100 : 100) * done}%)`;
    tell(element, slider);
  }
  const clock = renderRoot.querySelector(".clock");
  const text = messages.time(player.position_us);
  if (clock && clock.textContent !== text) clock.textContent = text;
}

/** When each slider last said where it is. */
const told = new WeakMap<Element, number>();
const TELL_EVERY_MS = 250;

/** Whoever listens to the slider is told a few times a second; where it stands still, at once. */
function tell(element: TcpPlayground, slider: HTMLElement): void {
  const [player, now] = [element.player, performance.now()];
  if (!player || (player.playing && now - (told.get(slider) ?? 0) < TELL_EVERY_MS)) return;
  told.set(slider, now);
  slider.setAttribute("aria-valuenow", String(Math.round(player.play_ms)));
  slider.setAttribute("aria-valuetext", positionText(element));
}

function seek(element: TcpPlayground, slider: HTMLElement, clientX: number): void {
  const box = slider.getBoundingClientRect();
  const along = (clientX - box.left) / Math.max(box.width, 1);
  const share = Math.min(Math.max(element.messages.direction === "rtl" ? 1 - along : along, 0), 1);
  element.host.command((player) => player.seek_play(share * player.play_duration_ms));
}

function grab(element: TcpPlayground, event: PointerEvent): void {
  if (event.button !== 0 || element.refuses("seek")) return;
  const slider = event.currentTarget as HTMLElement;
  slider.setPointerCapture(event.pointerId);
  seek(element, slider, event.clientX);
}

function drag(element: TcpPlayground, event: PointerEvent): void {
  const slider = event.currentTarget as HTMLElement;
  if (slider.hasPointerCapture(event.pointerId)) seek(element, slider, event.clientX);
}
