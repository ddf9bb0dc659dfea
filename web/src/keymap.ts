/** Every key the player knows: what binds them, prints the help and is tested is this one table. */
export type Command =
  | "toggle"
  | "next"
  | "previous"
  | "next-chapter"
  | "previous-chapter"
  | "tick-forward"
  | "tick-back"
  | "start"
  | "end"
  | "tenth"
  | "faster"
  | "slower"
  | "restart"
  | "undo"
  | "redo"
  | "zoom-in"
  | "zoom-out"
  | "follow"
  | "full-screen"
  | "help"
  | "back-out"
  | "select-next"
  | "select-previous"
  | "menu"
  | "drop"
  | "delay"
  | "hold"
  | "duplicate"
  | "corrupt";

export interface Binding {
  command: Command;
  /** As `KeyboardEvent.key` has them, «Shift+» or «Ctrl+» before where held; `0-9` is any digit. */
  keys: readonly string[];
  /** `stage`: only while the picture itself has the focus, so that lists and fields keep these keys. */
  where: "player" | "stage";
}

export const KEYMAP: readonly Binding[] = [
  { command: "toggle", keys: [" ", "k"], where: "player" },
  { command: "next", keys: ["ArrowRight"], where: "player" },
  { command: "previous", keys: ["ArrowLeft"], where: "player" },
  { command: "next-chapter", keys: ["Shift+ArrowRight"], where: "player" },
  { command: "previous-chapter", keys: ["Shift+ArrowLeft"], where: "player" },
  { command: "tick-forward", keys: ["."], where: "player" },
  { command: "tick-back", keys: [","], where: "player" },
  { command: "start", keys: ["Home"], where: "player" },
  { command: "end", keys: ["End"], where: "player" },
  { command: "tenth", keys: ["0-9"], where: "player" },
  { command: "faster", keys: [">"], where: "player" },
  { command: "slower", keys: ["<"], where: "player" },
  { command: "restart", keys: ["r"], where: "player" },
  { command: "undo", keys: ["Ctrl+z"], where: "player" },
  { command: "redo", keys: ["Ctrl+y", "Ctrl+Shift+z"], where: "player" },
  { command: "zoom-in", keys: ["+", "="], where: "player" },
  { command: "zoom-out", keys: ["-"], where: "player" },
  { command: "follow", keys: ["g"], where: "player" },
  { command: "full-screen", keys: ["f"], where: "player" },
  { command: "help", keys: ["?"], where: "player" },
  { command: "back-out", keys: ["Escape"], where: "player" },
  { command: "select-next", keys: ["ArrowDown"], where: "stage" },
  { command: "select-previous", keys: ["ArrowUp"], where: "stage" },
  { command: "menu", keys: ["Enter", "ContextMenu", "Shift+F10"], where: "stage" },
  { command: "drop", keys: ["Delete", "x"], where: "stage" },
  { command: "delay", keys: ["d"], where: "stage" },
  { command: "hold", keys: ["h"], where: "stage" },
  { command: "duplicate", keys: ["u"], where: "stage" },
  { command: "corrupt", keys: ["c"], where: "stage" },
];

/** Whether this key is a single printable character (WCAG 2.1.4), which a switch turns off. */
const printable = (key: string): boolean => key === "0-9" || (key.length === 1 && key !== " ");

function pressed(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const ctrl = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  // A shifted printable key is already another character.
  const shift = event.shiftKey && (event.key.length > 1 || ctrl) ? "Shift+" : "";
  return ctrl + shift + key;
}

/** Which command a key press means. `singles`: whether single-character keys count. */
export function bindingFor(event: KeyboardEvent, onStage: boolean, singles: boolean): Binding | undefined {
  if (event.altKey || event.isComposing) return undefined;
  const name = pressed(event);
  return KEYMAP.find(
    ({ keys, where }) =>
      (where === "player" || onStage) &&
      keys.some(
        (key) =>
          (singles || !printable(key)) &&
          (key === name || (key === "0-9" && name.length === 1 && name >= "0" && name <= "9")),
      ),
  );
}

/** Controls that need keys themselves: the player stays out of their way. */
export function keepsItsKeys(target: EventTarget | undefined, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("dialog[open], [role=menu], [popover]")) return true;
  const name = target.localName;
  if (name === "textarea" || name === "select") return true;
  if (name === "input") return (target as HTMLInputElement).type !== "checkbox" || key === " ";
  const activates = key === " " || key === "Enter";
  if (activates)
    return (
      name === "button" ||
      name === "a" ||
      name === "summary" ||
      (target.tabIndex >= 0 && target.hasAttribute("data-activates"))
    );
  const moves = key.startsWith("Arrow") || key === "Home" || key === "End";
  if (moves) return target.matches("[role=tab], [role=radio], [role=option], [data-moves]");
  return false;
}
