/** The transport: play, step, speed, numbers, and the way to everything else. */
import { html, nothing, type TemplateResult } from "lit";
import { perform, SPEEDS } from "./commands.js";
import type { TcpPlayground } from "./element.js";
import { type Icon, icon } from "./icons.js";
import type { Command } from "./keymap.js";

export function toolbar(element: TcpPlayground): TemplateResult {
  const { t, player } = element;
  if (!player) return html``;
  const full = element.getAttribute("controls") !== "minimal";
  const playing = player.playing;
  return html`
    <div class="toolbar" part="toolbar" role="toolbar" aria-label=${t("transport")}>
      <div class="group">
        ${element.hides("seek") ? nothing : button(element, "restart", "restart")} ${button(element, "previous", "previous")}
        <button
          class="play"
          aria-label=${t(playing ? "pause" : "play")}
          title=${t(playing ? "pause" : "play")}
          @click=${() => perform(element, "toggle")}
        >
          ${icon(playing ? "pause" : "play")}
        </button>
        ${button(element, "next", "next")}
      </div>
      <p class="where"><span class="clock"></span><span class="count">${t("position", { event: player.event_index, count: player.event_count })}</span></p>
      ${
        full
          ? html`
              ${
                element.hides("speed")
                  ? nothing
                  : html`<label class="speed"
                ><span class="unseen">${t("speed")}</span
                ><select
                  ?disabled=${element.locks("speed")}
                  @change=${(event: Event) => {
                    const factor = Number((event.target as HTMLSelectElement).value);
                    element.host.command((p) => p.set_speed(factor));
                  }}
                >
                  ${speeds(player.speed).map((factor) => html`<option value=${factor} ?selected=${factor === player.speed}>${factor} ×</option>`)}
                </select></label
              >`
              }
              ${
                element.hides("undo")
                  ? nothing
                  : html`<div class="group">
                      ${button(element, "undo", "undo", !player.can_undo)} ${button(element, "redo", "redo", !player.can_redo)}
                    </div>`
              }
            `
          : nothing
      }
      <div class="group end">
        ${element.hides("help") ? nothing : button(element, "help", "help")}
        ${
          full
            ? html`<button
                aria-label=${t("more")}
                title=${t("more")}
                aria-haspopup="menu"
                @click=${(event: MouseEvent) => {
                  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
                  element.openMenu({ kind: "more", x: box.right, y: box.top });
                }}
              >
                ${icon("more")}
              </button>`
            : nothing
        }
      </div>
    </div>
  `;
}

function speeds(now: number): number[] {
  return [...new Set([...SPEEDS, now])].sort((a, b) => a - b);
}

function button(element: TcpPlayground, command: Command, name: Icon, disabled = false): TemplateResult {
  const label = element.t(`command-${command}`);
  return html`<button
    data-command=${command}
    aria-label=${label}
    title=${label}
    aria-disabled=${disabled ? "true" : nothing}
    @click=${() => disabled || perform(element, command)}
  >
    ${icon(name)}
  </button>`;
}
