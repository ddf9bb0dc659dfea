/** The dialogs: native, modal, closed by Esc. */
import { html } from "lit";
import type { DirectiveResult } from "lit/directive.js";
import { keyed } from "lit/directives/keyed.js";
import type { DialogName, TcpPlayground } from "../element.js";
import { icon } from "../icons.js";
import { openDialogBody } from "../tools/open.js";
import { actForm } from "./act-form.js";
import { editor, forgetDraft } from "./editor.js";
import { help } from "./help.js";
import { segmentForm } from "./segment-form.js";
import { settings } from "./settings.js";
import { share } from "./share.js";

const BODIES: Record<DialogName, (element: TcpPlayground) => unknown> = {
  help,
  settings,
  share,
  editor,
  segment: segmentForm,
  open: openDialogBody,
  act: actForm,
};

export function dialogView(element: TcpPlayground, name: DialogName): DirectiveResult {
  requestAnimationFrame(() => {
    const dialog = element.renderRoot.querySelector<HTMLDialogElement>("dialog");
    if (!dialog || dialog.open) return;
    element.host.command((player) => player.pause());
    dialog.showModal();
  });
  // Each name has a dialog of its own: `close` is told late, and must not take away one that was opened meanwhile.
  return keyed(
    name,
    html`
    <dialog
      class="dialog"
      data-dialog=${name}
      aria-labelledby="dialog-title"
      @close=${() => {
        forgetDraft(element);
        if (element.dialog === name) element.closeDialog();
      }}
      @click=${(event: MouseEvent) => {
        // The backdrop belongs to the dialog itself.
        if (event.target === event.currentTarget) (event.currentTarget as HTMLDialogElement).close();
      }}
    >
      <div class="dialog-body">
        <header>
          <h2 id="dialog-title">${element.t(name)}</h2>
          <button
            aria-label=${element.t("close")}
            title=${element.t("close")}
            @click=${() => element.renderRoot.querySelector<HTMLDialogElement>("dialog")?.close()}
          >
            ${icon("close")}
          </button>
        </header>
        ${BODIES[name](element)}
      </div>
    </dialog>
  `,
  );
}
