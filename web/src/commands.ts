/** What each command of the keymap does; buttons use the same. */
import type { TcpPlayground } from "./element.js";
import type { Action, Player, RecordId } from "./engine.js";
import type { Command } from "./keymap.js";
import { partOf } from "./parts.js";
import { refusal } from "./refusal.js";
import { canvasesOf, zoom } from "./stage-frame.js";

export const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4, 8] as const;

/** Carries `command` out; false where there was nothing to do and the key is somebody else's. */
export function perform(element: TcpPlayground, command: Command, key = ""): boolean {
  const { host } = element;
  const part = partOf(command);
  if (part && element.hides(part)) return false;
  if (part && element.refuses(part)) return true;
  const step = (go: (player: Player) => void): true => {
    host.command(go);
    host.command(() => undefined);
    element.speak();
    return true;
  };
  switch (command) {
    case "toggle":
      host.command((player) => player.toggle());
      return true;
    case "next":
      return step((player) => player.step(1));
    case "previous":
      return step((player) => player.step(-1));
    case "next-chapter":
      return step((player) => player.step_chapter(1));
    case "previous-chapter":
      return step((player) => player.step_chapter(-1));
    case "tick-forward":
      return step((player) => player.seek_play(player.play_ms + 40));
    case "tick-back":
      return step((player) => player.seek_play(Math.max(player.play_ms - 40, 0)));
    case "start":
      return step((player) => player.seek_play(0));
    case "end":
      return step((player) => player.seek_play(player.play_duration_ms));
    case "tenth":
      return step((player) => player.seek_play((player.play_duration_ms * Number(key)) / 10));
    case "faster":
    case "slower":
      changeSpeed(element, command === "faster" ? 1 : -1);
      return true;
    case "restart":
      return step((player) => player.restart());
    case "undo":
      host.undo();
      return true;
    case "redo":
      host.rearrange((player) => player.redo());
      return true;
    case "zoom-in":
      zoom(element, 1.25);
      return true;
    case "zoom-out":
      zoom(element, 0.8);
      return true;
    case "follow":
      for (const view of canvasesOf(element)) {
        host.command((player) => player.set_follow(view, !player.view_state(view).follow));
      }
      return true;
    case "full-screen":
      return toggleFullScreen(element);
    case "help":
      element.openDialog("help");
      return true;
    case "back-out":
      return backOut(element);
    case "select-next":
    case "select-previous":
      selectNeighbour(element, command === "select-next" ? 1 : -1);
      return true;
    case "menu":
      return openMenuOfSelection(element);
    case "drop":
    case "delay":
    case "hold":
    case "duplicate":
    case "corrupt":
      return actOnSelection(element, command);
  }
}

export function changeSpeed(element: TcpPlayground, by: 1 | -1): void {
  element.host.command((player) => {
    const now = player.speed;
    const next = by > 0 ? SPEEDS.find((speed) => speed > now) : SPEEDS.findLast((speed) => speed < now);
    if (next) player.set_speed(next);
  });
}

export function fullScreenPossible(): boolean {
  return document.fullscreenEnabled === true;
}

export function toggleFullScreen(element: TcpPlayground): boolean {
  if (!fullScreenPossible()) return false;
  if (document.fullscreenElement === element) void document.exitFullscreen().catch(() => undefined);
  else void element.requestFullscreen().catch(() => undefined);
  return true;
}

function backOut(element: TcpPlayground): boolean {
  if (element.menu) element.closeMenu();
  else if (element.toast) element.hush();
  else if (element.player?.selected !== undefined) element.select(undefined);
  else return false;
  return true;
}

/** Walks what has happened so far, one record at a time. */
function selectNeighbour(element: TcpPlayground, by: 1 | -1): void {
  const player = element.player;
  if (!player || player.records_now === 0) return;
  const last = player.records_now - 1;
  const at = player.selected;
  const to = at === undefined ? (by > 0 ? 0 : last) : Math.min(Math.max(at + by, 0), last);
  element.select(to);
  element.speak();
}

function openMenuOfSelection(element: TcpPlayground): boolean {
  const id = element.player?.selected;
  if (id === undefined) return false;
  const canvas = element.renderRoot.querySelector("canvas");
  const box = canvas?.getBoundingClientRect();
  element.openMenu({ kind: "segment", id, x: (box?.left ?? 0) + (box?.width ?? 0) / 2, y: (box?.top ?? 0) + 80 });
  return true;
}

function actOnSelection(element: TcpPlayground, kind: Action["kind"]): boolean {
  const id = element.player?.selected;
  if (id === undefined) {
    element.say(element.t("select-first"));
    return true;
  }
  actOnSegment(element, id, kind);
  return true;
}

/** Does to a segment what an offer says, or says why not. «hold» also lets go again. */
export function actOnSegment(element: TcpPlayground, id: RecordId, kind: Action["kind"]): void {
  const offers = element.host.read((player) => player.segment_actions(id), []);
  const wanted = offers.find((offer) => offer.kind === kind && offer.allowed);
  const other = kind === "hold" ? offers.find((offer) => offer.kind === "release" && offer.allowed) : undefined;
  const offer = wanted ?? other;
  if (offer) {
    act(element, offer.action);
    return;
  }
  const refused = offers.find((candidate) => candidate.kind === kind);
  element.say(refusal(element, refused?.why_not ?? "not-a-segment"), "wrong");
}

/** Acts, and tells when that began another future. */
export function act(element: TcpPlayground, action: Action): boolean {
  if (element.hides("acts") || element.refuses("acts")) return false;
  const result = element.host.act(action);
  if (!result) return false;
  if (result.forked) {
    element.say(element.t("forked"), "plain", {
      label: element.t("show-branches"),
      run: () => {
        element.hush();
        element.showTab("branches");
      },
    });
  }
  element.emit("fork", result);
  return true;
}
