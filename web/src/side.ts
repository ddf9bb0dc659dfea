/** The panels beside the picture: one tab each. */
import { html, type TemplateResult } from "lit";
import type { Tab, TcpPlayground } from "./element.js";
import type { Part } from "./parts.js";
import { tabKeys } from "./tabs.js";

export const TABS: readonly Tab[] = ["story", "events", "selected", "hosts", "branches"];

/** «selected» is the panel that answers why. */
const partOfTab = (tab: Tab): Part => (tab === "selected" ? "why" : tab);

/** The tabs that the page around has left. */
export function visibleTabs(element: TcpPlayground): readonly Tab[] {
  return element.hides("panels") ? [] : TABS.filter((tab) => !element.hides(partOfTab(tab)));
}

export function side(element: TcpPlayground): TemplateResult {
  const { t, tab, lazy } = element;
  return html`
    <div class="side" part="side">
      <div class="tabs" role="tablist" aria-label=${t("panels")} @keydown=${tabKeys}>
        ${visibleTabs(element).map(
          (id) => html`
            <button
              role="tab"
              id="tab-${id}"
              aria-selected=${id === tab}
              aria-controls="panel"
              tabindex=${id === tab ? 0 : -1}
              @click=${() => element.showTab(id)}
            >
              ${t(`tab-${id}`)}
            </button>
          `,
        )}
      </div>
      <div class="panel" id="panel" part="panel" role="tabpanel" aria-labelledby="tab-${tab}" tabindex="0" data-tab=${tab}>
        ${element.locks(partOfTab(tab)) || element.locks("panels") ? html`<p class="quiet empty-panel">${t("locked")}</p>` : lazy ? lazy.panel(element, tab) : html`<p class="quiet">${t("loading")}</p>`}
      </div>
    </div>
  `;
}
