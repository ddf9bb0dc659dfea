/** The futures there are: switch, name, compare. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";
import type { Branch, Comparison } from "../engine.js";
import { rowText } from "../rows.js";

const compared = new WeakMap<TcpPlayground, Comparison>();

export function branches(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const all = element.host.read((player) => player.branches(), []);
  return html`
    <div class="branches">
      <p>${t("branches-help")}</p>
      <ul>
        ${all.map((branch) => branchView(element, branch))}
      </ul>
      <h3>${t("compare-policies")}</h3>
      <p class="quiet">${t("compare-policies-help")}</p>
      <p class="do">
        ${(element.facts?.policies ?? []).map(
          (policy) =>
            html`<button @click=${() => compare(element, () => element.player?.compare_policy(policy))}>${t(`policy-${policy}`)}</button>`,
        )}
      </p>
    </div>
  `;
}

function branchView(element: TcpPlayground, branch: Branch): TemplateResult {
  const { t, messages } = element;
  return html`
    <li data-active=${branch.active}>
      <label
        ><span class="unseen">${t("branch-name")}</span
        ><input
          .value=${branch.name || t("branch-unnamed", { number: branch.index + 1 })}
          @change=${(event: Event) => {
            const name = (event.target as HTMLInputElement).value;
            element.host.command((player) => player.rename_branch(branch.index, name));
          }}
      /></label>
      <span class="quiet">
        ${branch.parent === undefined ? t("branch-first") : t("branch-left-at", { time: messages.time(branch.fork_us) })} ·
        ${t("records", { count: branch.record_count })}
      </span>
      <p class="do">
        ${
          branch.active
            ? html`<span class="here">${t("branch-here")}</span>`
            : html`
                <button @click=${() => element.host.command((player) => player.switch_branch(branch.index))}>${t("branch-switch")}</button>
                <button @click=${() => compare(element, () => element.player?.compare_branch(branch.index))}>${t("branch-compare")}</button>
              `
        }
      </p>
    </li>
  `;
}

function compare(element: TcpPlayground, ask: () => Comparison | undefined): void {
  const result = element.host.command(ask);
  if (!result) return;
  compared.set(element, result);
  element.showView("compare");
}

/** What stands above the two ladders. */
export function comparison(element: TcpPlayground): TemplateResult | typeof nothing {
  const { t } = element;
  const result = compared.get(element);
  if (!result) return nothing;
  const { first_difference: first, with: other } = result;
  const name = other.policy ? t(`policy-${other.policy}`) : t("branch-unnamed", { number: (other.branch ?? 0) + 1 });
  return html`
    <div class="comparison">
      <p>
        <b>${t("comparing", { name })}</b>
        ${first ? t("first-difference", { time: element.messages.time(first.time_us) }) : t("no-difference")}
      </p>
      ${
        first
          ? html`<dl>
              <dt>${t("here")}</dt><dd>${first.here ? rowText(element, first.here) : "—"}</dd>
              <dt>${t("there")}</dt><dd>${first.there ? rowText(element, first.there) : "—"}</dd>
            </dl>`
          : nothing
      }
    </div>
  `;
}
