// A monkey's hands: events sent straight to the browser. The test runner writes down each call of its own for the report,
// which ten thousand actions make slower and slower.
const CODES = { Space: " ", Escape: "Escape", Enter: "Enter", Delete: "Delete", Home: "Home", End: "End" };
const VIRTUAL = { Space: 32, Escape: 27, Enter: 13, Delete: 46, Home: 36, End: 35, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 };
const MODIFIERS = { Alt: 1, Control: 2, Meta: 4, Shift: 8 };

export async function paws(page) {
  const client = await page.context().newCDPSession(page);
  const mouse = (type, x, y, button = "none", buttons = 0) =>
    client.send("Input.dispatchMouseEvent", { type, x, y, button, buttons, clickCount: type === "mouseMoved" ? 0 : 1 });
  return {
    /** A function and its argument, evaluated in the page. */
    async ask(source, argument) {
      const expression = `(${source})(${JSON.stringify(argument ?? null)})`;
      const { result, exceptionDetails } = await client.send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    async key(name) {
      const parts = name.split(/(?<=.)\+/);
      const last = parts.pop();
      const modifiers = parts.reduce((sum, part) => sum | MODIFIERS[part], 0);
      const key = CODES[last] ?? last;
      const windowsVirtualKeyCode = VIRTUAL[last] ?? last.toUpperCase().charCodeAt(0);
      const text = key.length === 1 && !(modifiers & MODIFIERS.Control) ? key : last === "Enter" ? "\r" : undefined;
      await client.send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", key, modifiers, windowsVirtualKeyCode, ...(text ? { text } : {}) });
      await client.send("Input.dispatchKeyEvent", { type: "keyUp", key, modifiers, windowsVirtualKeyCode });
    },
    async click({ x, y }, button) {
      await mouse("mouseMoved", x, y);
      await mouse("mousePressed", x, y, button, button === "left" ? 1 : 2);
      await mouse("mouseReleased", x, y, button);
    },
    async drag(from, to) {
      await mouse("mouseMoved", from.x, from.y);
      await mouse("mousePressed", from.x, from.y, "left", 1);
      for (const share of [1 / 3, 2 / 3, 1]) await mouse("mouseMoved", from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share, "left", 1);
      await mouse("mouseReleased", to.x, to.y, "left");
    },
  };
}
