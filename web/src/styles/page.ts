/** The look of the stand-alone page around the element. */
export const pageStyles = `
*, *::before, *::after { box-sizing: border-box; }
body { background: var(--page); color: var(--tcp-text); font: 400 1rem/1.55 "Inter", "Pretendard", system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans KR", "Noto Sans CJK KR", sans-serif; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.page { max-inline-size: 120rem; margin-inline: auto; padding: 0 1.25rem 2rem; }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.2rem; padding-block: .8rem; }
.top h1 { margin: 0; font-size: 1.2rem; font-weight: 680; letter-spacing: -.01em; }
.top h1 a { color: inherit; text-decoration: none; }
.choices { display: flex; flex-wrap: wrap; gap: .4rem; margin-inline-start: auto; }
.top select, .top button { font: inherit; font-size: .92rem; color: inherit; min-block-size: 2.25rem; padding: .15rem .6rem; background: var(--tcp-surface); border: 1px solid var(--tcp-faint); border-radius: 7px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.columns { display: grid; grid-template-columns: 13.5rem minmax(0, 1fr); gap: 1rem; align-items: start; }
.catalogue { position: sticky; inset-block-start: .8rem; max-block-size: calc(100svh - 1.6rem); overflow-y: auto; padding-block-end: 1rem; }
.catalogue h2 { margin: 1rem 0 .2rem; padding-inline: .6rem; font-size: .8rem; font-weight: 650; color: var(--tcp-muted); }
.catalogue h2:first-child { margin-block-start: .1rem; }
.catalogue ul { margin: 0; padding: 0; list-style: none; }
.catalogue a { display: block; padding: .3rem .6rem; border-radius: 7px; color: inherit; text-decoration: none; font-size: .95rem; line-height: 1.4; border-inline-start: 3px solid transparent; }
.catalogue a:hover { background: var(--tcp-raised); }
.catalogue a[aria-current] { background: var(--accent-soft); border-inline-start-color: var(--accent); font-weight: 600; }
html:lang(ko) body { word-break: keep-all; }
.picker-toggle { display: none; }
footer { padding-block: 1.2rem 0; color: var(--tcp-muted); font-size: .88rem; max-inline-size: 60rem; }
footer p { margin: 0; }
.banner { margin: 0 0 .8rem; padding: .7rem 1rem; border: 1px solid var(--tcp-changed); border-radius: 8px; background: var(--tcp-surface); }
tcp-playground { min-block-size: min(72rem, calc(100svh - 5.5rem)); }
@media (max-width: 72rem) {
  .columns { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .picker-toggle { display: inline-block; cursor: pointer; }
  .catalogue { position: static; max-block-size: none; display: none; padding: .6rem; margin-block-end: .8rem; background: var(--tcp-surface); border: 1px solid var(--tcp-faint); border-radius: 10px; }
  .catalogue[data-open=true] { display: block; columns: 15rem; }
  .catalogue h2, .catalogue li { break-inside: avoid; }
  .catalogue h2 { break-after: avoid; }
}
@media (forced-colors: active) { .catalogue a:not([aria-current]) { border-color: Canvas; } }
@media (max-width: 40rem) {
  .top select { font-size: .82rem; padding-inline: .3rem; }
  .page { padding-inline: .5rem; }
  .top { padding-inline: .3rem; }
  .choices { margin-inline-start: 0; }
  .choices { flex-wrap: nowrap; } .choices label { flex: 1 1 auto; min-inline-size: 0; } .choices select { inline-size: 100%; }
  .choices { inline-size: 100%; }
  .picker-toggle { margin-inline-start: auto; }
}
@media (max-width: 23rem) { .top select { font-size: .74rem; padding-inline: .1rem 0; } .choices { gap: .25rem; } }
`;
