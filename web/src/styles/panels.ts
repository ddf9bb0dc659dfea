/** The look of panels and dialogs; comes with their chunk. */
export const panelStyles = `
.canvases[data-view=compare] { margin-block-end: 3rem; }
.legend { display: flex; flex-wrap: wrap; gap: .4rem 1.6rem; padding: .5rem .75rem 3.2rem; font-size: .85rem; line-height: 1.35; border-block-start: var(--line); }
.legend > div { flex: 1 1 15rem; }
.legend b { text-wrap: balance; }
.legend li { display: flex; gap: .5rem; align-items: baseline; padding-block: .1rem; }
.legend ul { display: flex; flex-wrap: wrap; gap: .1rem 1.4rem; }
.swatch { forced-color-adjust: none; flex: none; inline-size: 1.3rem; text-align: center; font: 500 .78rem/1.3rem var(--tcp-mono); color: var(--tcp-surface); border-radius: 3px; }
.mark { flex: none; position: relative; inline-size: 1.3rem; block-size: .9rem; translate: 0 .1rem; --ink: var(--tcp-data); }
.mark::before { content: ""; position: absolute; inset-block: 0; inset-inline-start: calc(50% - 1.5px); inline-size: 3px; background: var(--ink); }
.mark[data-mark=again] { --ink: var(--tcp-rst); }
.mark[data-mark=again]::after { content: ""; position: absolute; inset: 0 calc(50% - 5px); border-block: 2px solid var(--ink); }
.mark[data-mark=lost]::after { content: "✕"; position: absolute; inset: 0; text-align: center; line-height: .95rem; font-weight: 700; color: var(--tcp-lost); }
.mark[data-mark=acknowledged]::before { inset-block: auto .35rem; inset-inline: 0; inline-size: auto; block-size: 2px; background: var(--tcp-ack); }
.mark[data-mark=acknowledged]::after { content: ""; position: absolute; inset-block-end: .2rem; inset-inline-start: calc(50% - 3px); inline-size: 6px; block-size: 6px; border-radius: 50%; background: var(--tcp-ack); }
.swatch.step { block-size: 1.3rem; border: 1.5px solid var(--tcp-text); border-radius: 50%; color: var(--tcp-text); line-height: 1.1rem; }
.swatch.last { background: var(--tcp-text); color: var(--tcp-surface); }
.mark:is([data-mark=curve], [data-mark=met])::before { inset-block: auto .35rem; inset-inline: 0; inline-size: auto; block-size: 2px; }
.mark[data-mark=met] { --ink: var(--tcp-lifeline); }
.mark[data-mark=fold]::before { inset: 0 20%; inline-size: auto; background: var(--tcp-raised); outline: 1px dashed var(--tcp-lifeline); }
.mark[data-mark=window]::before { inset-block: auto .35rem; inset-inline: 0; inline-size: auto; background: none; border-block-start: 2px dashed var(--tcp-window); }
.picture[data-view=states] .legend { padding-block-end: .5rem; }
.comparison { order: 1; padding: .6rem 1rem; background: var(--tcp-raised); border-block-start: var(--line); font-size: .92rem; }
.comparison dl { display: grid; grid-template-columns: auto 1fr; gap: .1rem .8rem; }
.comparison dt { color: var(--tcp-muted); }
.comparison p:first-child { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem .7rem; margin-block-end: .2rem; }
.comparison button { min-block-size: 2rem; padding-block: 0; }
.comparison.choose p:first-child { justify-content: center; }
.comparison.choose { position: absolute; inset: 40% 1rem auto; z-index: 1; background: none; border: 0; text-align: center; }
.comparison.choose p { text-wrap: balance; }
.comparison.choose .do { justify-content: center; margin-block: .8rem; }

.story { display: flex; flex-direction: column; gap: .55rem; max-inline-size: 38rem; }
.story p { max-inline-size: 34rem; }
.story h3 { margin-block-start: .6rem; color: var(--accent); }
.story h3[data-part=wrong] { color: var(--tcp-changed); }
.chapters { display: flex; flex-direction: column; gap: .2rem; }
.chapters button { inline-size: 100%; justify-content: space-between; text-align: start; border-color: transparent; padding-inline: .5rem; }
.chapters [aria-current=step] { background: var(--accent-soft); border-inline-start: 3px solid var(--accent); }

.twin-head { display: flex; justify-content: space-between; align-items: center; gap: .5rem; margin-block-end: .6rem; font-size: .9rem; }
.twin ol { display: flex; flex-direction: column; }
.twin li button { display: grid; grid-template-columns: calc(var(--time) * .5em) 1fr; gap: .4rem; inline-size: 100%; justify-content: start; text-align: start; align-items: baseline; border: 0; border-radius: 5px; padding: .3rem .4rem; min-block-size: 2rem; background: none; font-size: .93rem; }
.twin li button:hover { background: var(--tcp-raised); }
.twin li button[aria-pressed=true] { background: var(--accent-soft); box-shadow: inset 0 0 0 2px var(--tcp-selection); }
.twin .time { color: var(--tcp-muted); text-align: end; white-space: nowrap; font-size: .84em; }
.twin .future .what, .twin .future .who { color: var(--tcp-muted); }
.twin [aria-current=step] button { background: var(--accent-soft); }
.twin [aria-current=step] { border-inline-start: 3px solid var(--accent); }
.twin li:not([aria-current=step]) { border-inline-start: 3px solid transparent; }
.who { font-weight: 650; }
.twin .who { text-align: center; }
.twin li[data-kind=state] .what { font-weight: 600; }
.twin li[data-kind=intervention] .what { color: var(--tcp-forged); font-weight: 600; }
.twin li[data-kind=drop] .what { color: var(--tcp-lost); }

.empty-panel { padding-block: 2rem; text-align: center; }
.selected { display: flex; flex-direction: column; gap: .8rem; }
.when { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: baseline; }
.selected section { border-block-start: var(--line); padding-block-start: .8rem; display: flex; flex-direction: column; gap: .5rem; }
.why ol { display: flex; flex-direction: column; }
.why li { position: relative; padding-block-end: .8rem; padding-inline-start: 1.3rem; }
.why li::before { content: ""; position: absolute; inset-inline-start: .25rem; inset-block-start: .5rem; inline-size: .55rem; block-size: .55rem; border-radius: 50%; background: var(--accent); }
.why li:not(:last-child)::after { content: ""; position: absolute; inset-inline-start: calc(.25rem + .275rem - 1px); inset-block: 1.2rem -.4rem; inline-size: 2px; background: var(--tcp-faint); }
.why .step .link { display: block; }
.why .time { color: var(--tcp-muted); font-size: .82em; white-space: nowrap; margin-inline-end: .35rem; }
.parts { display: flex; flex-wrap: wrap; gap: .1rem .8rem; font-size: .92rem; }
.because { color: var(--tcp-muted); font-size: .85rem; margin-inline-end: .25rem; }
.reason { font-size: .95rem; max-inline-size: 36rem; }
.cite { white-space: nowrap; font-size: .85rem; }
.level { display: inline-block; margin-inline-start: .3rem; padding: 0 .4rem; border: var(--line); border-radius: 4px; font-size: .78rem; color: var(--tcp-muted); }
.judged ol, .effects ul { display: flex; flex-direction: column; gap: .35rem; }

.layers { display: flex; flex-wrap: wrap; gap: .3rem; }
.layers button { min-block-size: 2rem; padding-inline: .8rem; font-size: .9rem; }
.header-picture { overflow-x: auto; }
.ruler, .cells { display: grid; grid-template-columns: repeat(32, minmax(.62rem, 1fr)); }
.ruler { font: 400 .7rem var(--tcp-mono); color: var(--tcp-muted); }
.ruler span { overflow: visible; inline-size: 0; white-space: nowrap; }
.ruler span:last-child { justify-self: end; direction: rtl; }
.cells { border: var(--line); border-width: 0 0 1px 1px; }
.cells button { flex-direction: column; gap: 0; min-inline-size: 0; min-block-size: 2.75rem; padding: .1rem; border: var(--line); border-width: 1px 1px 0 0; border-radius: 0; line-height: 1.2; overflow: hidden; }
.cells .name { font-size: .68rem; color: var(--tcp-muted); max-inline-size: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.cells .narrow { padding-inline: 0; min-block-size: 4.4rem; }
.cells .narrow .name { font: 500 .66rem/1 var(--tcp-mono); writing-mode: vertical-rl; text-orientation: upright; letter-spacing: -.1em; max-block-size: none; overflow: visible; }
.cells .narrow .value { font-size: .74rem; color: var(--tcp-muted); }
.cells .narrow[data-set] .name, .cells .narrow[data-set] .value { color: var(--accent); font-weight: 700; }
.cells .value { font: 500 .78rem var(--tcp-mono); max-inline-size: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.cells [aria-pressed=true] { background: var(--accent-soft); box-shadow: inset 0 0 0 2px var(--tcp-selection); }
.field-help { min-block-size: 3.2em; font-size: .92rem; }
.fields, .tcb, .settings, .keys { inline-size: 100%; border-collapse: collapse; font-size: .92rem; }
.fields th, .tcb th, .settings th, .keys th { text-align: start; font-weight: 450; padding-block: .22rem; padding-inline: 0 .6rem; vertical-align: baseline; }
.fields td, .tcb td, .settings td, .keys td { padding: .22rem 0; vertical-align: baseline; }
.fields thead { color: var(--tcp-muted); font-size: .82rem; }
.fields tr + tr, .tcb tr + tr, .settings tr + tr, .keys tr + tr { border-block-start: var(--line); }
.fields tr[aria-selected=true] { background: var(--accent-soft); }
.fields .link { min-block-size: 1.5rem; display: inline-flex; }
.options { display: flex; flex-direction: column; gap: .3rem; font-size: .92rem; }
.options li { display: flex; flex-wrap: wrap; gap: .2rem .8rem; padding-block: .3rem; }
.options li + li { border-block-start: var(--line); }
.options p { flex-basis: 100%; color: var(--tcp-muted); }
.option-octets { display: flex; flex-wrap: wrap; gap: .2rem .6rem; flex-basis: 100%; }
.option-octets > span { display: inline-flex; flex-direction: column; padding: .1rem .4rem; background: var(--tcp-raised); border-radius: 4px; line-height: 1.35; }
.option-octets small { color: var(--tcp-muted); font-size: .78rem; }
.hex { font: 400 .85rem/1.7 var(--tcp-mono); overflow-x: auto; }
.hex-row { display: flex; gap: 1rem; white-space: nowrap; }
.hex .offset { color: var(--tcp-muted); }
.octets { display: flex; gap: .1rem; }
.octets span { padding: 0 .2rem; border-radius: 3px; cursor: pointer; }
.octets span:nth-child(4) { margin-inline-end: .5rem; }
.octets [data-region=ip] { color: var(--tcp-muted); }
.octets [data-region=payload] { color: var(--tcp-data); }
.octets .lit { background: var(--accent); color: var(--on-accent); }
.hex .ascii { color: var(--tcp-muted); }
.checksum summary { cursor: pointer; padding-block: .3rem; }
.checksum { font-size: .92rem; }
.checksum .words code { overflow-wrap: anywhere; }
.checksum dl { display: grid; grid-template-columns: 1fr auto; gap: .15rem .8rem; margin-block-start: .5rem; }

.hosts { display: flex; flex-direction: column; gap: 1.1rem; }
.host { display: flex; flex-direction: column; gap: .5rem; }
.host h2 .quiet { font-weight: 400; font-size: .85rem; }
.socket { border: var(--line); border-radius: 8px; padding: .5rem .75rem; }
.socket[data-changed=true] { border-color: var(--tcp-changed); }
.socket summary { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; cursor: pointer; min-block-size: 1.75rem; }
.state { font-weight: 650; color: var(--state); }
.state::before { content: ""; display: inline-block; inline-size: .7em; block-size: .7em; margin-inline-end: .45em; border-radius: 2px; background: var(--state); }
.ends { font-size: .8rem; color: var(--tcp-muted); }
.tcb { margin-block-start: .5rem; }
.tcb th { overflow-wrap: break-word; }
.tcb small { display: block; color: var(--tcp-muted); font-size: .82rem; line-height: 1.4; }
.tcb td { padding-inline-start: 1rem; white-space: nowrap; }
.tcb td { font-family: var(--tcp-mono); font-size: .88rem; text-align: end; font-variant-numeric: tabular-nums; }
.tcb s { color: var(--tcp-muted); margin-inline-start: .6rem; }
.tcb tr[data-changed=true] { background: color-mix(in srgb, var(--tcp-changed) 14%, transparent); }
.tcb tr[data-changed=true] td::after { content: "●"; font-size: .6em; margin-inline-start: .5em; color: var(--tcp-changed); vertical-align: middle; }
.timers { display: flex; flex-direction: column; gap: .25rem; padding-block: .4rem; font-size: .92rem; }
.timers li { display: flex; gap: .6rem; align-items: center; }
.timers i { flex: none; inline-size: 1.1rem; block-size: 1.1rem; border-radius: 50%; background: conic-gradient(var(--timer) calc(var(--left) * 360deg), var(--tcp-faint) 0); }
.timers .time { margin-inline-start: auto; white-space: nowrap; }
.branches { display: flex; flex-direction: column; gap: .8rem; }
.branches ul { display: flex; flex-direction: column; gap: .7rem; }
.branches li { border: var(--line); border-radius: 8px; padding: .6rem .75rem; display: flex; flex-direction: column; gap: .4rem; }
.branches li[data-active=true] { border-color: var(--accent); }
.here { color: var(--accent); font-weight: 600; }

.dialog { inline-size: min(46rem, calc(100vw - 1.5rem)); max-block-size: min(52rem, calc(100dvh - 1.5rem)); padding: 0; border: 1px solid var(--tcp-lifeline); border-radius: 12px; background: var(--tcp-surface); color: var(--tcp-text); box-shadow: var(--shadow); overflow: hidden; }
.dialog[open] { display: flex; }
.dialog::backdrop { background: #0007; }
.dialog-body { flex: 1; min-inline-size: 0; overflow-y: auto; padding: 0 1.4rem 1.4rem; display: flex; flex-direction: column; gap: .8rem; }
.dialog header { position: sticky; inset-block-start: 0; z-index: 1; display: flex; justify-content: space-between; align-items: center; padding-block: .9rem .6rem; background: var(--tcp-surface); border-block-end: var(--line); }
.signs { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); gap: .35rem 1rem; }
.signs li { display: flex; gap: .6rem; align-items: baseline; }
.name { white-space: nowrap; }
.story .name[style] { font-weight: 600; }
.sign { flex: none; inline-size: 2rem; block-size: 1.125rem; translate: 0 .2rem; fill: none; stroke: currentColor; stroke-width: 1.5; color: var(--tcp-ack); overflow: visible; }
.sign .bad { color: var(--tcp-lost); stroke: var(--tcp-lost); }
.sign .on { stroke: var(--tcp-surface); }
.sign text { fill: currentColor; stroke: none; font: 600 .8rem var(--tcp-mono); }
.signs i { inline-size: 1.2rem; block-size: .3rem; border-radius: 2px; flex: none; translate: 0 -.2rem; }
.keys small, .settings small { display: block; color: var(--tcp-muted); font-size: .82rem; }
.switches { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 0 1rem; }
.settings td { text-align: end; }
.settings tr[data-changed=true] th label::after { content: "●"; color: var(--tcp-changed); margin-inline-start: .4rem; font-size: .7em; }
.find input { inline-size: 100%; }
.settings select { max-inline-size: 100%; }
@container tcp (max-width: 40rem) {
  .settings tr { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0 .6rem; padding-block: .3rem; }
  .settings th, .settings td { padding: 0; max-inline-size: 100%; }
  .settings th { flex: 1 1 12rem; }
}
.settings input.mono { text-align: end; inline-size: 9rem; }
.class { border: var(--line); border-radius: 8px; padding: 0 .8rem; }
.class summary { padding-block: .45rem; min-block-size: 24px; cursor: pointer; }
.class .parts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .4rem 1.4rem; padding-block-end: .8rem; }
.class .parts label { display: flex; justify-content: space-between; align-items: center; gap: .6rem; font-size: .92rem; }
.share-row { display: grid; gap: .3rem; }
.share-row textarea { font: 400 .82rem/1.5 var(--tcp-mono); resize: vertical; overflow-wrap: anywhere; }
.share-row button { justify-self: end; }
.editor { display: flex; border: 1px solid var(--tcp-lifeline); border-radius: 8px; overflow: hidden; font: 400 .88rem/1.6 var(--tcp-mono); }
.editor .gutter { flex: none; padding: .5rem .5rem; text-align: end; background: var(--tcp-raised); color: var(--tcp-muted); overflow: hidden; block-size: auto; max-block-size: 24rem; }
.editor .gutter span { display: block; min-inline-size: 1.8em; }
.editor textarea { flex: 1; border: 0; border-radius: 0; padding: .5rem .7rem; font: inherit; resize: none; max-block-size: 24rem; min-inline-size: 0; }
.segment-form { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .6rem 1rem; align-items: end; }
.segment-form label:not(.switch) { display: grid; gap: .15rem; font-size: .92rem; }
.segment-form fieldset { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: .2rem 1rem; border: var(--line); border-radius: 8px; margin: 0; padding: .2rem .8rem .4rem; }
.open, .open .report, .open .failure { display: flex; flex-direction: column; gap: .7rem; }
.open .choose, .open .paste { display: flex; flex-direction: column; gap: .3rem; }
.open textarea, .open pre { font: 400 .82rem/1.5 var(--tcp-mono); }
.open textarea { resize: vertical; }
.open ::file-selector-button { font: inherit; color: inherit; margin-inline-end: .6rem; padding: .15rem .7rem; background: var(--tcp-raised); border: var(--line); border-radius: 6px; cursor: pointer; }
.open .do { align-items: end; }
.open .do label { display: flex; flex-direction: column; gap: .2rem; }
.open pre { margin: 0; padding: .5rem .7rem; overflow-x: auto; background: var(--tcp-raised); border-radius: 8px; }
.open .excerpt span { display: block; }
.open .excerpt .wrong { font-weight: 700; box-shadow: inset 3px 0 0 var(--tcp-lost, currentColor); }
.open .packets { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: .3rem .9rem; }
.open .packets dd { margin: 0; overflow-wrap: anywhere; }
.segment-form .series { grid-column: 1 / -1; border: var(--line); border-radius: 8px; padding: 0 .8rem; }
.segment-form .series summary { padding-block: .45rem; min-height: 24px; cursor: pointer; }
.segment-form .series[open] { padding-block-end: .6rem; }
.segment-form .actions { grid-column: 1 / -1; }
`;
