// A visit in a browser that nobody drives: it opens a page of the tests' own, which opens Lungfield beside itself, does there
// what a person does, and says what it saw.

import { readFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { text } from "node:stream/consumers";

import { PATIENCE } from "./browser.js";

/**
 * Runs `visit(tools, given)` beside Lungfield, as `served` (an address) serves it, in the browser that `open` opens, and
 * gives what it gives. `files` are paths by the names that the visit knows them by.
 */
export async function undriven(open, served, files, visit, given) {
  const page = `<!doctype html><title>tests</title><script type="module">
    const say = (said) => fetch("/tests/said", { method: "POST", body: JSON.stringify(said) });
    const visit = ${visit};
    (${tools})(${PATIENCE}).then((tools) => visit(tools, ${JSON.stringify(given)})).then((seen) => say({ seen }), (error) => say({ error: String(error) }));
  </script>`;
  let hear;
  const said = new Promise((resolve) => (hear = resolve));
  let isPlugged = true;
  const answers = {
    "/tests/": (_, response) => response.setHeader("content-type", "text/html").end(page),
    "/tests/unplug": (_, response) => response.end(String((isPlugged = false))),
    "/tests/said": async (request, response) => response.end(hear(JSON.parse(await text(request)))),
    ...Object.fromEntries(Object.entries(files).map(([name, path]) => [`/tests/${name}`, (_, response) => response.end(readFileSync(path))])),
  };
  const server = createServer((request, response) => {
    // A window and the one that opened it know each other only if both are set apart from other sites alike.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    const answer = answers[decodeURIComponent(request.url)];
    if (answer) return answer(request, response);
    if (!isPlugged) return request.socket.destroy();
    const { method, headers } = request;
    const passed = ask(new URL(request.url, served), { method, headers }, (from) => {
      response.writeHead(from.statusCode, from.headers);
      from.pipe(response);
    });
    request.pipe(passed.on("error", () => request.socket.destroy()));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const close = open(`http://127.0.0.1:${server.address().port}/tests/`);
  const impatient = setTimeout(() => hear({ error: "the browser said nothing" }), 2 * PATIENCE);
  const { seen, error } = await said;
  clearTimeout(impatient);
  close();
  server.close();
  server.closeAllConnections();
  if (error) throw new Error(error);
  return seen;
}

/** Runs in the tests' page: opens Lungfield, and gives what a visit is made of. */
async function tools(patience) {
  const complaints = [];
  const until = async (what, isSo) => {
    const end = performance.now() + patience;
    while (!isSo()) {
      if (performance.now() > end) throw new Error(`waited in vain: ${what}; ${complaints.join("; ")}; ${shown()}`);
      await new Promise((later) => setTimeout(later, 50));
    }
  };
  let page = window.open("/");
  /** What the page is, shows and has asked for, for somebody who was not there. */
  const shown = () => {
    const { document, performance } = page;
    if (!document?.body) return "no page";
    const asked = performance.getEntriesByType("resource").map(({ name, responseStatus }) => `${name} ${responseStatus}`);
    return [document.documentElement.dataset.state, document.body.innerText.slice(0, 300), ...asked].join("\n");
  };
  const listen = () => {
    for (const type of ["error", "unhandledrejection"]) page.addEventListener(type, (event) => complaints.push(String(event.message ?? event.reason)));
    page.addEventListener("securitypolicyviolation", (event) => complaints.push(`${event.violatedDirective}: ${event.blockedURI}`));
  };
  const arrived = async (...states) => {
    await until(`Lungfield is ${states.join(" or ")}`, () => states.includes(page.document?.documentElement?.dataset.state));
  };
  const rows = () => [...page.document.querySelectorAll("[data-testid=film-row]")];
  await arrived("ready", "offline-ready");
  listen();
  return {
    complaints,
    arrived,
    /** Asks for the page again. */
    async reload() {
      page.document.documentElement.dataset.state = "left";
      page.location.reload();
      await until("the page is gone", () => page.document?.documentElement?.dataset.state !== "left");
      await arrived("ready", "offline-ready");
      listen();
    },
    /** Drops the files with these names, and gives their rows once all have been read. */
    async drop(names) {
      const before = rows().length;
      const transfer = new page.DataTransfer();
      for (const name of names) {
        const bytes = await (await fetch(`/tests/${encodeURIComponent(name)}`)).arrayBuffer();
        transfer.items.add(new page.File([bytes], name));
      }
      const target = page.document.querySelector("[data-testid=drop]");
      for (const type of ["dragenter", "dragover", "drop"]) {
        target.dispatchEvent(new page.DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
      const isBusy = (row) => ["waiting", "reading"].includes(row.dataset.status);
      await until("all films are read", () => rows().length === before + names.length && !rows().some(isBusy));
      return rows().slice(before).map(({ dataset: { status, outcome, probability } }) => ({ status, outcome, probability: Number(probability) }));
    },
    /** Asks where the model looked, and gives the share of the pixels that are marked, once they are drawn. */
    async heat() {
      page.document.querySelector("[data-testid=heat-toggle]").click();
      const pixels = () => {
        const canvas = page.document.querySelector("[data-testid=heat-canvas]");
        return canvas?.height ? canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 === 3) : [];
      };
      await until("the heatmap is drawn", () => pixels().some(Boolean));
      const found = pixels();
      return found.filter((opacity) => opacity > 0).length / found.length;
    },
  };
}
