/** Small pictures for buttons; each button has its words beside or as its label. */
import { html, svg, type TemplateResult } from "lit";

const PATHS = {
  play: svg`<path d="M8 5.5v13l10.5-6.5z" fill="currentColor" stroke="none"/>`,
  pause: svg`<path d="M7 5.5h3.5v13H7zM13.5 5.5H17v13h-3.5z" fill="currentColor" stroke="none"/>`,
  next: svg`<path d="M6 6v12l8.5-6z" fill="currentColor" stroke="none"/><path d="M17.5 6v12"/>`,
  previous: svg`<path d="M18 6v12L9.5 12z" fill="currentColor" stroke="none"/><path d="M6.5 6v12"/>`,
  restart: svg`<path d="M5 12a7 7 0 1 0 2.3-5.2"/><path d="M5 4.5V8.5h4"/>`,
  undo: svg`<path d="M8.5 5 4.5 9l4 4"/><path d="M5 9h8.5a5 5 0 0 1 0 10H10"/>`,
  redo: svg`<path d="m15.5 5 4 4-4 4"/><path d="M19 9h-8.5a5 5 0 0 0 0 10H14"/>`,
  more: svg`<circle cx="5.5" cy="12" r="1.7" fill="currentColor" stroke="none"/><circle cx="12" cy="12" r="1.7" fill="currentColor" stroke="none"/><circle cx="18.5" cy="12" r="1.7" fill="currentColor" stroke="none"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  help: svg`<circle cx="12" cy="12" r="8.5"/><path d="M9.7 9.6a2.4 2.4 0 1 1 3.5 2.1c-.8.4-1.2 1-1.2 1.9"/><path d="M12 16.6v.1" stroke-width="2.2"/>`,
  share: svg`<path d="M12 14.5V4M8 7.5 12 3.5l4 4"/><path d="M6 11.5v8h12v-8"/>`,
  open: svg`<path d="M3.5 18.5v-12h6l2 2.5h7v2.5"/><path d="m3.5 18.5 3-7h14.5l-3 7z"/>`,
  settings: svg`<path d="M4 7.5h9M17.5 7.5H20M4 16.5h2.5M11 16.5h9"/><circle cx="15.3" cy="7.5" r="2.3"/><circle cx="8.7" cy="16.5" r="2.3"/>`,
  edit: svg`<path d="M5 19.5h3.5L19 9l-3.5-3.5L5 16z"/>`,
  full: svg`<path d="M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15"/>`,
  language: svg`<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17"/>`,
  branch: svg`<circle cx="7" cy="6" r="2.2"/><circle cx="7" cy="18" r="2.2"/><circle cx="17" cy="9" r="2.2"/><path d="M7 8.2v7.6M17 11.2c0 3-7 2-9.5 5"/>`,
  down: svg`<path d="m6.5 9.5 5.5 5.5 5.5-5.5"/>`,
  warning: svg`<path d="M12 4 2.8 19.5h18.4z"/><path d="M12 10v4.5M12 17v.1" stroke-width="2"/>`,
} satisfies Record<string, unknown>;

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${PATHS[name]}</svg>`;
}
