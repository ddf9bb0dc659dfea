/** What the engine's refusals mean to a reader. */
import type { TcpPlayground } from "./element.js";

type Args = Record<string, string | number>;

/** The sentence for a refusal's id; the id itself where nobody wrote one. */
export function refusal(element: TcpPlayground, code: string, args: Args = {}): string {
  const { messages, t } = element;
  messages.want("hands");
  const words = { ...args };
  // What should have stood in a run's text comes as an id.
  if (code === "expected" || code === "range" || code === "too-many")
    words.expected = messages.maybe(`meant-${words.expected}`) ?? words.expected ?? "";
  // A text may end where more of it was expected.
  if (words.found === "") words.found = messages.maybe("end-of-line") ?? "";
  return messages.maybe(`engine-${code}`, words) ?? t("not-possible", { code });
}
