/** The one polite voice: what has just happened, after a reader's own step. */
import type { TcpPlayground } from "./element.js";
import { rowText } from "./rows.js";

/** At most this many records of one event are read out; the list has all of them. */
const SPOKEN_MAX = 4;

export function announce(element: TcpPlayground): void {
  requestAnimationFrame(() => {
    const { player, messages } = element;
    const live = element.renderRoot.querySelector(".live");
    if (!player || !live) return;
    const count = player.records_now;
    const rows = element.host
      .read((p) => p.outline(Math.max(count - 12, 0), Math.min(count, 12)), [])
      .filter((row) => row.event === player.event_index)
      .slice(-SPOKEN_MAX);
    const position = element.t("position", { event: player.event_index, count: player.event_count });
    live.textContent = [position, messages.time(player.position_us), ...rows.map((row) => rowText(element, row))].join(
      ". ",
    );
  });
}
