/** Defines `<tcp-playground>`; the first copy on a page wins. */
import { TcpPlayground } from "./element.js";

const NAME = "tcp-playground";
const present = customElements.get(NAME);
if (!present) customElements.define(NAME, TcpPlayground);
else if (present !== TcpPlayground) {
  const version = (present as { version?: string }).version ?? "?";
  console.warn(`<${NAME}> ${version} is defined already; ${TcpPlayground.version} stands back.`);
}

export { TcpPlayground };
