/** The futures there are: switch, name, compare. */
import { html, nothing, type TemplateResult } from "lit";

import type { TcpPlayground } from "../element.js";
import type { Branch, Comparison, Row } from "../engine.js";
import { refusal } from "../refusal.js";
import { rowText } from "../rows.js";

export function branches(element: TcpPlayground): TemplateResult {
  const { t } = element;
  const all = element.host.read((player) => player.branches(), []);
  return html`
    <div class="branches">
      <p>${t("branches-help")}</p>
      ${all.length < 2 ? html`<p class="quiet">${t("one-branch")}</p>` : nothing}
      <ul>
        ${all.map((branch) => branchView(element, branch, all.length < 2))}
      </ul>
      <h3>${t("compare-policies")}</h3>
      <p class="quiet">${t("compare-policies-help")}</p>
      ${policyButtons(element)}
    </div>
  `;
}

function branchView(element: TcpPlayground, branch: Branch, alone: boolean): TemplateResult {
  const { t, messages } = element;
  return html`
    <li data-active=${branch.active}>
      <label
        ><span class="unseen">${t("branch-name")}</span
        ><input
          .value=${branchName(element, branch)}
          @change=${(event: Event) => {
            const name = (event.target as HTMLInputElement).value;
            element.host.rearrange((player) => player.rename_branch(branch.index, name));
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
                <button @click=${() => element.host.rearrange((player) => player.switch_branch(branch.index))}>${t("branch-switch")}</button>
                <button @click=${() => compare(element, () => element.player?.compare_branch(branch.index))}>${t("branch-compare")}</button>
              `
        }
        ${remove(element, branch, alone)}
      </p>
    </li>
  `;
}

/** The last future there is stays; the button says so. */
function remove(element: TcpPlayground, branch: Branch, alone: boolean): TemplateResult {
  const { t } = element;
  return html`<button
    aria-disabled=${alone ? "true" : nothing}
    @click=${() => {
      if (alone) {
        element.say(refusal(element, "last-branch"), "wrong");
        return;
      }
      element.host.rearrange((player) => player.remove_branch(branch.index));
      element.say(t("branch-deleted"), "plain", {
        label: t("command-undo"),
        run: () => {
          element.hush();
          element.host.undo();
        },
      });
    }}
  >
    ${t("branch-delete")}
  </button>`;
}

function compare(element: TcpPlayground, ask: () => Comparison | undefined): void {
  if (element.host.command(ask)) element.showView("compare");
}

/** The policy that the present run is played by. */
function ownPolicy(element: TcpPlayground): string {
  return element.host.read((player) => player.hosts()[0]?.policy, undefined) ?? "rfc";
}

function policyName(element: TcpPlayground, policy: string): string {
  return element.t(`policy-${policy}`);
}

function branchName(element: TcpPlayground, branch: Branch): string {
  return branch.name || element.t("branch-unnamed", { number: branch.index + 1 });
}

function branchNames(element: TcpPlayground, other: number): [string, string] {
  const all = element.host.read((player) => player.branches(), []);
  const name = (branch: Branch | undefined): string => (branch ? branchName(element, branch) : "");
  return [name(all.find(({ active }) => active)), name(all.find(({ index }) => index === other))];
}

/** Nothing is compared yet: what there is to choose from. */
function chooseFirst(element: TcpPlayground): TemplateResult {
  return html`<div class="comparison choose"><p class="quiet">${element.t("empty-compare")}</p>${policyButtons(element)}<p class="quiet">${element.t("compare-policies-help")}</p></div>`;
}

function policyButtons(element: TcpPlayground): TemplateResult {
  return html`
    <p class="do">
      ${(element.facts?.policies ?? [])
        .filter((policy) => policy !== ownPolicy(element))
        .map(
          (policy) =>
            html`<button @click=${() => compare(element, () => element.player?.compare_policy(policy))}>${policyName(element, policy)}</button>`,
        )}
    </p>
  `;
}

/** What a sentence about a segment or a timer leaves out, and two that read alike may differ in. */
const DETAILS = ["window", "size", "seq", "ack", "after_us"] as const;

/** One side of the first difference; where both read alike, with what is not. */
function sideText(element: TcpPlayground, row: Row | undefined, other: Row | undefined): string {
  if (!row) return element.t("nothing-there");
  const words = rowText(element, row);
  if (!other || rowText(element, other) !== words) return words;
  const details = DETAILS.filter((name) => row.args[name] !== other.args[name] && row.args[name] !== undefined).map(
    (name) => element.t(`detail-${name.replace("_us", "")}`, detailArgs(element, name, Number(row.args[name]))),
  );
  return `${words} (${details.join(", ") || element.t("detail-bytes")})`;
}

function detailArgs(element: TcpPlayground, name: (typeof DETAILS)[number], value: number): { value: string } {
  return { value: name === "after_us" ? element.messages.time(value) : String(value) };
}

/** What stands above the two ladders. */
export function comparison(element: TcpPlayground): TemplateResult | typeof nothing {
  const { t } = element;
  const result = element.host.read((player) => player.comparison(), undefined);
  if (!result) return chooseFirst(element);
  const { first_difference: first, with: other } = result;
  const [own, name] = other.policy
    ? [policyName(element, ownPolicy(element)), policyName(element, other.policy)]
    : branchNames(element, other.branch ?? 0);
  element.host.command((player) => player.name_comparison(own, name));
  return html`
    <div class="comparison">
      <p>
        <b>${t("comparing", { name })}</b>
        ${first ? t("first-difference", { time: element.messages.time(first.time_us) }) : t("no-difference")}
        ${first ? html`<button @click=${() => element.host.command((player) => player.seek(first.time_us))}>${t("go-there")}</button>` : nothing}
      </p>
      ${
        first
          ? html`<dl>
              <dt>${t("here")}</dt><dd>${sideText(element, first.here, first.there)}</dd>
              <dt>${t("there")}</dt><dd>${sideText(element, first.there, first.here)}</dd>
            </dl>`
          : nothing
      }
    </div>
  `;
}
