/** The look of the element. Sizes follow the container, so an embed adapts to its own width, not the window's. */
export const frameStyles = `
:host { display: flex; flex-direction: column; container: tcp / inline-size; min-inline-size: 0; }
:host([hidden]) { display: none; }
*, *::before, *::after { box-sizing: border-box; }
.frame {
  --tcp-sans: "Inter", "Pretendard", system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif;
  --tcp-mono: ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", "Noto Sans Mono", "Noto Sans Mono CJK KR", monospace;
  /* One unit for all lengths; the build writes them in it. */
  --r: 1REM;
  --line: 1px solid var(--tcp-faint);
  --radius: 10px;
  position: relative; display: flex; flex-direction: column; flex: 1 0 auto; min-block-size: 26rem;
  background: var(--tcp-surface); color: var(--tcp-text);
  font: 400 1rem/1.55 var(--tcp-sans); border: var(--line); border-radius: var(--radius); overflow: clip;
  -webkit-text-size-adjust: 100%; overflow-wrap: break-word;
}
.frame:lang(ko) { word-break: keep-all; line-height: 1.65; }
.frame[data-size=large] { --r: 1.3REM; }
.mono, code, kbd, .time, .clock { font-family: var(--tcp-mono); font-size: .92em; font-variant-numeric: tabular-nums; }
.quiet { color: var(--tcp-muted); }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { inline-size: 1.35em; block-size: 1.35em; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; flex: none; }
h2, h3, p, ol, ul, dl, dd, table { margin: 0; }
h2 { font-size: 1.15rem; line-height: 1.35; font-weight: 650; letter-spacing: -.005em; }
h3 { font-size: .95rem; line-height: 1.4; font-weight: 650; }
ol, ul { padding: 0; list-style: none; }
a { color: var(--accent); text-underline-offset: .15em; }

button, select, input, textarea { font: inherit; color: inherit; }
button, select, .switch { min-block-size: 2.25rem; }
button {
  display: inline-flex; align-items: center; justify-content: center; gap: .4em; min-inline-size: 2.25rem; padding: .2rem .7rem;
  background: var(--tcp-surface); border: var(--line); border-radius: 7px; cursor: pointer; touch-action: manipulation;
}
button:hover { background: var(--tcp-raised); border-color: var(--tcp-lifeline); }
button:active { transform: translateY(1px); }
button[aria-disabled=true], button:disabled { color: var(--tcp-muted); opacity: .75; cursor: not-allowed; }
button[aria-pressed=true] { border-color: var(--accent); background: var(--accent-soft); }
button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
button.link { display: inline; min-block-size: 0; min-inline-size: 0; padding: .1rem 0; border: 0; background: none; text-align: start; color: var(--accent); text-decoration: underline; text-decoration-color: transparent; text-underline-offset: .18em; border-radius: 3px; }
button.link:hover { text-decoration-color: currentColor; }
select { padding: .2rem 1.6rem .2rem .6rem; background: var(--tcp-surface); border: var(--line); border-radius: 7px; }
input:not([type=checkbox]), textarea { min-block-size: 2.25rem; padding: .3rem .6rem; background: var(--tcp-surface); border: 1px solid var(--tcp-lifeline); border-radius: 7px; max-inline-size: 100%; }
input[type=checkbox] { inline-size: 1.15rem; block-size: 1.15rem; accent-color: var(--accent); flex: none; }
.switch { display: inline-flex; align-items: center; gap: .5rem; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
canvas:focus-visible { outline-offset: -3px; }

.body { display: flex; flex-direction: column; flex: 1; min-block-size: 0; }
.main { display: flex; flex-direction: column; flex: 1 0 auto; min-inline-size: 0; min-block-size: 0; }
.stage { position: relative; display: flex; flex-direction: column; flex: 1; min-block-size: 0; }
.views, .tabs {
  --near: linear-gradient(90deg, var(--tcp-surface) 40%, transparent); --far: linear-gradient(270deg, var(--tcp-surface) 40%, transparent); --edge: color-mix(in srgb, var(--tcp-text) 28%, transparent);
  display: flex; gap: .15rem; padding: .35rem .5rem 0; border-block-end: var(--line); overflow-x: auto; scrollbar-width: none;
  /* A shadow where there is more to the side; it scrolls away under its cover. */
  background: var(--near) 0 0 / 2.5rem 100% local, var(--far) 100% 0 / 2.5rem 100% local, linear-gradient(90deg, var(--edge), transparent) 0 0 / .7rem 100% scroll, linear-gradient(270deg, var(--edge), transparent) 100% 0 / .7rem 100% scroll;
  background-repeat: no-repeat;
}
.views button, .tabs button { flex: none; border: 0; border-block-end: 3px solid transparent; border-radius: 6px 6px 0 0; background: none; color: var(--tcp-muted); font-size: .9rem; padding: .3rem .7rem; }
.views button:hover, .tabs button:hover { color: var(--tcp-text); background: var(--tcp-raised); }
.views [aria-selected=true], .tabs [aria-selected=true] { color: var(--tcp-text); border-block-end-color: var(--accent); font-weight: 600; }
.acts { display: flex; justify-content: space-between; gap: .5rem; padding: .5rem .75rem .25rem; }
.act { font-size: .9rem; min-block-size: 2rem; padding: .1rem .6rem; }
.act .icon { inline-size: 1em; block-size: 1em; }
.picture { flex: 1; display: flex; flex-direction: column; min-block-size: clamp(19rem, 60svh, 46rem); }
.canvases { position: relative; flex: 1; display: flex; min-block-size: 16rem; }
.canvas { position: relative; flex: 1; min-inline-size: 0; min-block-size: 0; }
/* A is on the left in every picture, whichever way the language runs. */
.acts, .canvases[data-view=states], .canvas canvas { direction: ltr; }
.canvas canvas { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; display: block; touch-action: pan-y; -webkit-touch-callout: none; user-select: none; }
.whose { position: absolute; z-index: 1; inset: .4rem auto auto .8rem; pointer-events: none; }
.canvas .empty { display: none; position: absolute; inset: 30% 1.5rem auto; padding: .6rem 1rem; border-radius: var(--radius); background: var(--tcp-surface); text-align: center; text-wrap: balance; color: var(--tcp-muted); pointer-events: none; }
.canvases[data-view=states] .empty { border: var(--line); color: var(--tcp-text); }
canvas[data-empty] ~ .empty { display: block; }
.start { position: absolute; inset: 34% 0 auto; display: grid; justify-items: center; gap: .7rem; pointer-events: none; }
.start button { pointer-events: auto; min-block-size: 3.2rem; padding: .4rem 1.6rem .4rem 1.3rem; border-radius: 2rem; font-size: 1.15rem; box-shadow: var(--shadow); }
.start button:hover { filter: brightness(1.08); }
.start .icon { inline-size: 1.6em; block-size: 1.6em; }
.hint { display: flex; flex-wrap: wrap; justify-content: center; align-items: center; gap: .1rem .45rem; max-inline-size: 60%; padding-inline: .5rem; background: var(--tcp-surface); text-align: center; text-wrap: balance; font-size: .95rem; color: var(--tcp-muted); }
.hint .step { display: inline-flex; align-items: center; gap: .35rem; }
.hint .icon { inline-size: 1.1em; block-size: 1.1em; }
@media (pointer: coarse) { .hint kbd { display: none; } }
kbd { display: inline-block; padding: .05rem .45rem; border: var(--line); border-block-end-width: 2px; border-radius: 5px; background: var(--tcp-raised); font-size: .85rem; }
canvas[data-empty] + .start, [data-controls=none] .start { display: none; }
.zoom { position: absolute; inset-block-end: .6rem; inset-inline-end: .6rem; display: flex; gap: .25rem; }
.zoom button { min-inline-size: 2rem; min-block-size: 2rem; padding: 0; background: color-mix(in srgb, var(--tcp-surface) 88%, transparent); }
.zoom .icon { inline-size: 1em; block-size: 1em; }
.numbers { position: absolute; inset-block-end: .6rem; inset-inline-start: .6rem; padding: 0 .7rem 0 .5rem; min-block-size: 2rem; font-size: .85rem; background: color-mix(in srgb, var(--tcp-surface) 88%, transparent); border: var(--line); border-radius: 7px; }
.canvases[data-view=compare] { flex-direction: column; }
.picture[data-view=states] ~ :is(.numbers, .zoom) { display: none; }
canvas[data-empty] ~ .empty.told { display: none; }

.scrubber { padding: .3rem 1rem 0; overflow-x: clip; }
.slider { position: relative; block-size: 2.25rem; cursor: pointer; touch-action: pan-y; border-radius: 6px; }
.track { position: absolute; inset-inline: 0; inset-block-start: calc(50% - 2px); block-size: 4px; border-radius: 2px; background: var(--tcp-faint); overflow: hidden; }
/* What moves every frame moves without a new layout. */
.done { block-size: 100%; background: var(--accent); transform-origin: left; }
:dir(rtl) > .done { transform-origin: right; }
.carrier { position: absolute; inset: 0; pointer-events: none; }
.thumb { position: absolute; inset-block-start: calc(50% - .55rem); inset-inline-start: -.55rem; inline-size: 1.1rem; block-size: 1.1rem; border-radius: 50%; background: var(--accent); border: 3px solid var(--tcp-surface); box-shadow: 0 0 0 1px var(--accent); }
.ticks { position: absolute; inset-inline: 0; inset-block-end: .1rem; inline-size: 100%; block-size: .45rem; }
.ticks path { stroke: var(--tcp-lifeline); stroke-width: 1; fill: none; }
.chapter { position: absolute; inset-block-start: .1rem; inline-size: 10px; block-size: 7px; margin-inline-start: -5px; background: var(--tcp-now); clip-path: polygon(0 0, 100% 0, 50% 100%); }
.chapter[data-kind=chapter] { background: var(--tcp-muted); }

.toolbar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .7rem; padding: .35rem 1rem .75rem; }
.group { display: flex; gap: .3rem; }
.group.end { margin-inline-start: auto; }
.toolbar .group button { padding: 0; min-inline-size: 2.4rem; min-block-size: 2.4rem; }
.toolbar .play { background: var(--accent); border-color: var(--accent); color: var(--on-accent); min-inline-size: 3.4rem !important; }
.toolbar .play:hover { filter: brightness(1.08); }
.where { display: flex; flex-direction: column; line-height: 1.3; min-inline-size: 7rem; white-space: nowrap; }
.where .clock { contain: size layout style; block-size: 1.3em; font-size: 1.02rem; font-weight: 600; }
.where .count { font-size: .82rem; color: var(--tcp-muted); font-variant-numeric: tabular-nums; }
.speed select { inline-size: 5.4rem; }
.toolbar .switch { font-size: .9rem; }

.tabs button { padding-inline: .6rem; }
.side { display: flex; flex-direction: column; min-block-size: 0; border-block-start: var(--line); background: var(--tcp-surface); }
.panel { padding: 1rem 1.1rem 1.4rem; overflow-wrap: anywhere; }
.panel:focus-visible { outline-offset: -3px; }

@container tcp (min-width: 54rem) {
  .body { flex-direction: row; }
  .main { flex: 1 1 0; }
  .side { inline-size: clamp(20rem, 36%, 30rem); border-block-start: 0; border-inline-start: var(--line); }
  /* The picture sets the height; a long panel scrolls in itself. */
  .panel { flex: 1 1 0; overflow-y: auto; min-block-size: 0; contain: size layout style; }
}
@container tcp (min-width: 90rem) { .side { inline-size: 34rem; } }
@container tcp (max-width: 40rem) {
  .scrubber { padding-inline: .8rem; }
  .toolbar { padding-inline: .6rem; gap: .4rem .6rem; }
  .acts { padding-inline: .5rem; }
  .where { min-inline-size: 6rem; }
  .canvases[data-view=states] { flex-direction: column; min-block-size: 46rem; }
  .canvases:is([data-view=sequence-space], [data-view=time-sequence]) { min-block-size: 22rem; }
  .canvases[data-view=compare] { min-block-size: 44rem; }
  .panel { padding-inline: .8rem; }
  .views button, .tabs button { padding-inline: .55rem; font-size: .88rem; }
}
@container tcp (max-width: 24rem) {
  .zoom button:not(:nth-child(2)) { display: none; }
  .act { padding-inline: .4rem; font-size: .82rem; }
  .toolbar .group button { min-inline-size: 2.1rem; }
}
[data-controls=none] :is(.acts, .views, .numbers, .zoom, .legend), [data-controls=minimal] :is(.acts, .views, .numbers, .zoom, .legend) { display: none; }
.frame:not([data-controls=full]) { min-block-size: 0; }
.frame:not([data-controls=full]) :is(.picture, .canvases) { min-block-size: 12rem; }

.poster { flex: 1; display: grid; place-content: center; padding: 2rem; gap: 1rem; text-align: center; }
.loading { color: var(--tcp-muted); }
.problem { max-inline-size: 42rem; margin: auto; padding: 2rem 1.5rem; display: flex; flex-direction: column; gap: .9rem; }
.problem h2 { display: flex; gap: .6rem; align-items: flex-start; }
.problem h2 .icon { color: var(--tcp-changed); }
.actions, .do { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem; }
.warnings { display: flex; align-items: flex-start; gap: .5rem; padding: .6rem 1rem; background: var(--tcp-raised); border-block-end: var(--line); font-size: .92rem; }
.warnings p { flex: 1; display: flex; gap: .5rem; }
.warnings .icon { color: var(--tcp-changed); }
.toasts { position: absolute; inset-inline: 0; inset-block-end: 8.5rem; z-index: 5; display: grid; justify-items: center; pointer-events: none; padding-inline: 1rem; }
.toast { pointer-events: auto; display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; max-inline-size: 38rem; padding: .6rem .6rem .6rem 1rem; border-radius: 9px; border: 1px solid var(--tcp-lifeline); background: var(--tcp-surface); box-shadow: var(--shadow); }
.toast p { flex: 1 1 14rem; }
.toast[data-tone=wrong] { border-inline-start: 4px solid var(--tcp-changed); }
.wrong { color: var(--tcp-rst); font-weight: 600; }
.right { color: var(--tcp-state-established); font-weight: 600; }

.menu { position: fixed; inset: auto; margin: 0; max-inline-size: min(24rem, calc(100vw - 16px)); max-block-size: calc(100dvh - 16px); overflow-y: auto; padding: .35rem; border: 1px solid var(--tcp-lifeline); border-radius: 10px; background: var(--tcp-surface); color: var(--tcp-text); box-shadow: var(--shadow); font-size: .95rem; }
.menu-note { padding: 0 .7rem .45rem; max-inline-size: 19rem; }
.menu-title { padding: .35rem .7rem .45rem; color: var(--tcp-muted); font-size: .85rem; overflow-wrap: anywhere; }
.menu button[role] { display: flex; inline-size: 100%; justify-content: flex-start; text-align: start; border: 0; background: none; padding: .35rem .7rem; }
.menu button[role]:hover, .menu button[role]:focus-visible { background: var(--tcp-raised); }
.menu small { display: block; color: var(--tcp-muted); font-size: .82rem; }
.menu i { font-style: normal; }
.menu hr { border: 0; border-block-start: var(--line); margin: .35rem 0; }
.menu [aria-checked=true] { font-weight: 600; }
.menu [aria-checked=true]::after { content: "✓"; margin-inline-start: auto; }
.menu .send { display: flex; gap: .4rem; padding: .35rem .5rem; }
.menu .send input { inline-size: 11rem; }

@media (prefers-reduced-motion: no-preference) { button { transition: background-color .12s, border-color .12s; } }
@media (forced-colors: active) {
  .chapter { forced-color-adjust: none; background: CanvasText; }
  [role=tab]:not([aria-selected=true]), li:not([aria-current=step]) { border-color: Canvas; }
  .done, .thumb, .toolbar .play { forced-color-adjust: none; background: Highlight; }
  [aria-selected=true], [aria-current=step], [aria-pressed=true] { outline: 2px solid Highlight; outline-offset: -2px; }
}
@media print { .toolbar, .scrubber, .acts, .zoom, .views, .tabs { display: none; } .panel { overflow: visible; } }
`;
