/** Everything the first picture does without, in one chunk that is fetched right after it. */
import type { TemplateResult } from "lit";
import { announce } from "./announce.js";
import { dialogView } from "./dialogs/dialog.js";
import type { Tab, TcpPlayground } from "./element.js";
import { legend } from "./legend.js";
import { menuView } from "./menus.js";
import { branches, comparison } from "./panels/branches.js";
import { events } from "./panels/events.js";
import { hosts } from "./panels/hosts.js";
import { selected } from "./panels/selected.js";
import { story } from "./panels/story.js";
import { panelStyles } from "./styles/panels.js";
import { acceptDrops } from "./tools/open.js";

const PANELS: Record<Tab, (element: TcpPlayground) => TemplateResult> = { story, events, selected, hosts, branches };

export function panel(element: TcpPlayground, tab: Tab): TemplateResult {
  return PANELS[tab](element);
}

/** Gives an element the styles of panels and dialogs, and takes the files that are dropped on it. */
export function adopt(root: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(panelStyles);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  acceptDrops(root.host as TcpPlayground);
}

export { announce, comparison, dialogView, legend, menuView };
