/** A record as a sentence. */
import type { TcpPlayground } from "./element.js";
import type { Args, Row } from "./engine.js";
import { refusal } from "./refusal.js";

/** In the order in which people say them. */
const NAMES: Record<string, string> = {
  S: "SYN",
  F: "FIN",
  R: "RST",
  P: "PSH",
  ".": "ACK",
  U: "URG",
  E: "ECE",
  W: "CWR",
};

/** «S.» as «SYN-ACK». */
export function flagNames(flags: string): string {
  const known = Object.keys(NAMES).filter((flag) => flags.includes(flag));
  return known.map((flag) => NAMES[flag]).join("-") || "—";
}

/** Numbers that name something (ports, sequence numbers) are not grouped; amounts are, and have plurals. */
const AMOUNTS = new Set(["len", "bytes", "count", "window", "backlog", "retries"]);

type Words = Record<string, string | number>;

export function messageArgs(element: TcpPlayground, args: Args): Words {
  const result: Words = {};
  for (const [name, value] of Object.entries(args)) {
    if (name.endsWith("_us")) result[name.slice(0, -3)] = element.messages.time(Number(value));
    else if (name === "flags") result[name] = flagNames(String(value));
    else if (typeof value === "number" && AMOUNTS.has(name)) result[name] = value;
    else result[name] = String(value);
  }
  return result;
}

/** The sentence of a row, the most particular message there is. */
export function rowText(element: TcpPlayground, row: Row): string {
  const { messages, t } = element;
  const args = messageArgs(element, row.args);
  args.place = t(`place-${row.place.toLowerCase()}`);
  const particular = `row-${row.kind}-${row.key}`;
  switch (row.kind) {
    case "send":
    case "arrive":
    case "drop":
      return segmentRow(element, row, args);
    case "timer-set":
    case "timer-fired":
    case "timer-cancelled":
      args.timer = messages.maybe(`timer-${row.key}`) ?? row.key;
      return t(`row-${row.kind}`, args);
    case "call": {
      args.call = messages.maybe(`call-${row.key}`, args) ?? row.key;
      const error = args.error ?? args.result;
      if (error === undefined || error === "ok") return t("row-call", args);
      return t("row-call-failed", { ...args, why: refusal(element, String(error)) });
    }
    case "intervention":
      return interventionRow(element, row, args);
    default:
      return messages.maybe(particular, args) ?? t(`row-${row.kind}`, args);
  }
}

function segmentRow(element: TcpPlayground, row: Row, args: Words): string {
  const { t } = element;
  args.segment = segmentText(element, args);
  if (row.kind === "send" && args.retransmission_of !== undefined) return t("row-send-again", args);
  if (row.kind !== "drop") return t(`row-${row.kind}`, args);
  // What a host refuses has a rule behind it; what the link loses has a mishap.
  if (row.rfc !== undefined || row.place === "A" || row.place === "B") return t("row-drop-refused", args);
  element.messages.want("reasons");
  return t("row-drop", {
    ...args,
    why: element.messages.maybe(`reason-${row.reason}-short`) ?? String(row.reason ?? ""),
  });
}

function segmentText(element: TcpPlayground, args: Words): string {
  const { t } = element;
  const names = args.flags;
  if (names === undefined) return t("icmp-message");
  if (!element.preferences.absolute) {
    args.seq = args.seq_relative ?? args.seq ?? "";
    args.ack = args.ack_relative ?? args.ack ?? "";
  }
  const parts = [names, t("segment-seq", args)];
  if (String(names).includes("ACK")) parts.push(t("segment-ack", args));
  if (Number(args.len) > 0) parts.push(t("segment-len", args));
  return parts.join(" ");
}

function interventionRow(element: TcpPlayground, row: Row, args: Words): string {
  const { messages, t } = element;
  const actor = t(row.args.scripted === true ? "actor-script" : "actor-you");
  args.flags ??= t("segment");
  // Datagrams are also the attacker's, or of the path itself.
  if (args.host === "link" || args.host === "attacker") args.host = t(`place-${args.host}`);
  const call = messages.maybe(`call-${row.key}`, args);
  const what = call ? t("did-call", { host: args.host ?? "", call }) : messages.maybe(`did-${row.key}`, args);
  return t("row-intervention", { actor, what: what ?? String(args.text ?? row.key) });
}

/** The decision's prose, once the file with the reasons is here. */
export function reasonText(element: TcpPlayground, reason: string | undefined): string | undefined {
  if (!reason || !element.messages.want("reasons")) return undefined;
  return element.messages.maybe(`reason-${reason}`);
}
