// What the specs of acting share: reading the run, going to a moment, and what is to be seen at the end.
import { expect } from "@playwright/test";

/** Every row of the run, as the text twin has them. */
export const rows = (page) => page.evaluate(() => {
  const { player } = document.querySelector("tcp-playground");
  return player.outline(0, player.record_count);
});

/** Lets the source of a function act on the player, as a control would. */
export const command = (page, source, argument) => page.evaluate(([text, value]) => {
  const element = document.querySelector("tcp-playground");
  return element.host.command((player) => new Function("player", "value", `return (${text})(player, value)`)(player, value));
}, [source, argument]);

/** Goes to a moment, given in virtual milliseconds. */
export const seek = (page, ms) => command(page, "(player, us) => { player.pause(); player.seek(us); }", ms * 1000);
export const seekEnd = (page) => command(page, "(player) => { player.pause(); player.seek_play(player.play_duration_ms); }");

export const sends = async (page, place, flags) => (await rows(page)).filter((row) => row.kind === "send" && row.place === place && row.args.flags === flags);
export const states = async (page, host) => (await rows(page)).filter((row) => row.kind === "state" && row.place === host).map((row) => row.args.to);

/** Until the run is known to its end: it is simulated a piece a frame. */
export const settled = (page) => page.waitForFunction(() => {
  const { player } = document.querySelector("tcp-playground");
  return player !== undefined && !player.growing;
});

export async function hash(page) {
  await settled(page);
  return page.evaluate(() => document.querySelector("tcp-playground").player.trace_hash());
}

/** What a run is, for comparing: its trace, its text, its futures. */
export async function snap(page) {
  await settled(page);
  return page.evaluate(() => {
    const { player } = document.querySelector("tcp-playground");
    return { hash: player.trace_hash(), text: player.run_text(), branches: player.branches().map(({ name, interventions }) => ({ name, interventions })) };
  });
}

export { expect };
