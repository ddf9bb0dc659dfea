/** Both hosts: sockets, the TCB under its RFC names, timers. What the last event changed is marked. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import type { HostTable, SocketTable } from "../engine.js";

export function hosts(element: TcpPlayground): TemplateResult {
  const all = element.host.read((player) => player.hosts(), []);
  return html`<div class="hosts">${all.map((host) => hostView(element, host))} ${linkView(element)}</div>`;
}

function hostView(element: TcpPlayground, host: HostTable): TemplateResult {
  const { t } = element;
  return html`
    <section class="host" data-host=${host.host}>
      <h2>
        ${t(`place-${host.host.toLowerCase()}`)} <span class="quiet">${host.addresses.join(", ")}</span>
        ${host.power === "off" ? html`<span class="wrong">${t("unplugged")}</span>` : nothing}
      </h2>
      ${host.kind !== "engine" ? html`<p class="quiet">${t(`unknown-states-${host.kind}`, { host: host.host })}</p>` : host.sockets.length === 0 ? html`<p class="quiet">${t("no-sockets")}</p>` : host.sockets.map((socket) => socketView(element, host, socket))}
    </section>
  `;
}

function socketView(element: TcpPlayground, host: HostTable, socket: SocketTable): TemplateResult {
  const { t, messages } = element;
  const now = element.player?.position_us ?? 0;
  return html`
    <details class="socket" ?open=${host.sockets.length <= 2 || socket.kind === "listener"} data-changed=${socket.changed}>
      <summary>
        <span class="state" data-state=${socket.state} style="--state:var(--tcp-state-${socket.state.toLowerCase()})">${socket.state}</span>
        <span class="quiet">${t(`socket-${socket.kind}`)} ${socket.socket}</span>
        <span class="ends mono">${socket.local ?? "*"}${socket.remote ? ` – ${socket.remote}` : ""}</span>
      </summary>
      ${
        socket.timers.length
          ? html`<ul class="timers">
              ${socket.timers.map(({ timer, deadline_us, started_us, changed }) => {
                const left = Math.max(deadline_us - now, 0);
                const share = left / Math.max(deadline_us - started_us, 1);
                return html`<li data-changed=${changed} style="--timer:var(--tcp-timer-${timer});--left:${Math.min(share, 1)}">
                  <i aria-hidden="true"></i><span>${messages.maybe(`timer-${timer}`) ?? timer}</span>
                  <span class="time">${t("time-left", { time: messages.time(left) })}</span>
                </li>`;
              })}
            </ul>`
          : nothing
      }
      <table class="tcb">
        <caption class="unseen">${t("tcb")}</caption>
        <tbody>
          ${socket.values
            .filter(({ value }) => value !== undefined)
            .map(({ name, value, relative, previous, unit, changed }) => {
              const shown = (number: number | undefined) => valueText(element, unit, number);
              return html`<tr data-changed=${changed}>
                <th scope="row">${valueName(element, name)}</th>
                <td>
                  ${unit === "seq" && !element.preferences.absolute && relative !== undefined ? String(relative) : shown(value)}
                  ${changed && previous !== undefined && (unit !== "seq" || element.preferences.absolute) ? html`<s>${shown(previous)}</s>` : nothing}
                </td>
              </tr>`;
            })}
        </tbody>
      </table>
    </details>
  `;
}

/** The RFC's own names stand as they are, with what they mean; everything else is called by what it is. */
function valueName(element: TcpPlayground, name: string): TemplateResult {
  const words = element.messages.maybe(`tcb-${name.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`);
  if (!words) return html`<code>${name}</code>`;
  return name === name.toUpperCase() ? html`<code>${name}</code> <small>${words}</small>` : html`${words}`;
}

function valueText(element: TcpPlayground, unit: string, value: number | undefined): string {
  if (value === undefined) return "—";
  if (unit === "us") return element.messages.time(value);
  if (unit === "flag") return element.t(value ? "yes" : "no");
  if (unit === "seq") return String(value);
  // «As large as can be» is no amount.
  if (unit === "bytes" && value >= 2 ** 30) return "∞";
  return element.messages.number(value);
}

function linkView(element: TcpPlayground): TemplateResult | typeof nothing {
  const { t } = element;
  const link = element.host.read((player) => player.link(), undefined);
  if (!link) return nothing;
  return html`
    <section class="host">
      <h2>${t("place-link")} ${link.cut ? html`<span class="wrong">${t("link-cut")}</span>` : nothing}</h2>
      ${
        link.in_flight.length === 0
          ? html`<p class="quiet">${t("nothing-in-flight")}</p>`
          : html`<ul class="in-flight">
              ${link.in_flight.map(
                (segment) => html`<li>
                  <button class="link" @click=${() => element.select(segment.id)}>
                    ${t(segment.held ? "held-towards" : "on-the-way", { to: segment.to, flags: segment.flags })}
                  </button>
                </li>`,
              )}
            </ul>`
      }
    </section>
  `;
}
