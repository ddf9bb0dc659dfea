/** Brings the chosen tab into sight where a row of tabs is longer than it is wide. The page stays where it is. */
export function revealTab(row: Element | null): void {
  const tab = row?.querySelector("[aria-selected=true]");
  if (!row || !tab || row.scrollWidth <= row.clientWidth) return;
  const [outer, inner] = [row.getBoundingClientRect(), tab.getBoundingClientRect()];
  if (inner.left < outer.left) row.scrollLeft += inner.left - outer.left - outer.width / 4;
  else if (inner.right > outer.right) row.scrollLeft += inner.right - outer.right + outer.width / 4;
}

/** Arrow keys, Home and End within a row of tabs (the ARIA pattern with automatic activation). */
export function tabKeys(event: KeyboardEvent): void {
  const tabs = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role=tab]")];
  const at = tabs.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const tab = tabs[(to + tabs.length) % tabs.length];
  tab?.focus();
  tab?.click();
}
