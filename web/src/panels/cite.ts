/** A rule's place in an RFC, as a link: followed only by a reader, never by the page. */
import { html, nothing, type TemplateResult } from "lit";
import type { TcpPlayground } from "../element.js";

export interface Citation {
  rfc?: number;
  section?: string;
  level?: string;
}

export function cite(element: TcpPlayground, { rfc, section, level }: Citation): TemplateResult | typeof nothing {
  const { t } = element;
  if (!rfc)
    return level
      ? html`<span class="cite"><span class="level" data-level=${level}>${t("practice")}</span></span>`
      : nothing;
  const anchor = section ? `#${/^[A-Z]/.test(section) ? "appendix" : "section"}-${section}` : "";
  return html`
    <span class="cite">
      <a href="https://www.rfc-editor.org/rfc/rfc${rfc}${anchor}" target="_blank" rel="noopener noreferrer"
        >RFC ${rfc}${section ? html` §${section}` : nothing}</a
      >
      ${level ? html`<span class="level" data-level=${level}>${t(`level-${level}`)}</span>` : nothing}
    </span>
  `;
}
