/** What the scenario tells: what happens, what to look at, what is commonly got wrong. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import { prose } from "../prose.js";

const PARTS = ["happens", "look", "wrong"] as const;

export function story(element: TcpPlayground): TemplateResult {
  const { t, messages, player } = element;
  const id = player?.scenario_id;
  const ready = messages.want("stories");
  const told = ready && id && messages.has(`story-${id}-happens`);
  return html`
    <article class="story">
      <h2>${element.title_}</h2>
      ${
        told
          ? PARTS.map((part) => {
              const text = messages.maybe(`story-${id}-${part}`);
              return text ? html`<h3 data-part=${part}>${t(`story-${part}`)}</h3><p>${prose(text)}</p>` : nothing;
            })
          : ready
            ? html`<p>${t("story-own")}</p>`
            : html`<p class="quiet">${t("loading")}</p>`
      }
      ${chapters(element)}
    </article>
  `;
}

function chapters(element: TcpPlayground): TemplateResult | typeof nothing {
  const { t, messages } = element;
  const all = element.host.read((player) => player.chapters(), []);
  if (all.length === 0) return nothing;
  const now = element.player?.position_us ?? 0;
  const current = all.findLastIndex(({ time_us }) => time_us <= now);
  return html`
    <h3>${t("chapters")}</h3>
    <ol class="chapters">
      ${all.map(
        (chapter, index) => html`
          <li>
            <button
              aria-current=${index === current ? "step" : "false"}
              @click=${() => {
                if (element.refuses("seek")) return;
                element.host.command((player) => player.seek(chapter.time_us));
                element.speak();
              }}
            >
              <span>${messages.maybe(`chapter-${chapter.name}`, strings(chapter.args)) ?? chapter.name}</span>
              <span class="time">${messages.time(chapter.time_us)}</span>
            </button>
          </li>
        `,
      )}
    </ol>
  `;
}

function strings(args: Record<string, string | number | boolean>): Record<string, string> {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, String(value)]));
}
