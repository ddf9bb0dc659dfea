// Serves web/dist on one port, and on another, hence another origin, the course pages of fixtures/.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const DIST = join(here, "../../../web/dist");
export const FIXTURES = join(here, "../fixtures");
export const PAGE_PORT = Number(process.env.PAGE_PORT ?? 4610);
export const COURSE_PORT = Number(process.env.COURSE_PORT ?? 4611);

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".map": "application/json",
  ".ftl": "text/plain; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
};

/** Paths of the page server that misbehave on purpose: `/no-csp/…` forbids wasm, `/bad-mime/…` mislabels it. */
function behaviour(path) {
  const match = /^\/(no-wasm-csp|octet-stream|html-instead)(\/.*)$/.exec(path);
  return match ? { kind: match[1], path: match[2] } : { kind: "plain", path };
}

function serve(root, port) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const { kind, path } = behaviour(url.pathname);
    const file = join(root, normalize(path === "/" ? "/index.html" : path));
    if (!file.startsWith(root)) return response.writeHead(403).end();
    try {
      if (!(await stat(file)).isFile()) throw new Error("no file");
    } catch {
      return response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    }
    const headers = { "content-type": TYPES[extname(file)] ?? "application/octet-stream", "access-control-allow-origin": "*", "cache-control": "no-store" };
    if (kind === "no-wasm-csp") headers["content-security-policy"] = "script-src 'self'";
    if (kind === "octet-stream" && file.endsWith(".wasm")) headers["content-type"] = "application/octet-stream";
    if (kind === "html-instead" && file.endsWith(".wasm")) {
      return response.writeHead(200, { ...headers, "content-type": "text/html" }).end("<p>not the engine</p>");
    }
    response.writeHead(200, headers);
    createReadStream(file).pipe(response);
  });
  server.listen(port, "127.0.0.1");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  serve(DIST, PAGE_PORT);
  serve(FIXTURES, COURSE_PORT);
}
