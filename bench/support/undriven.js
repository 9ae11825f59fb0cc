// A browser that nobody drives: it opens a page that does its work by itself and says what came of it.

import { text } from "node:stream/consumers";

import { serve } from "./server.js";

const PATIENCE = 600_000;

/** Runs `work` with `given` in the page that `open` opens; gives what it gives, and what the browser calls itself. */
export async function undriven(open, work, given) {
  const page = `<!doctype html><title>bench</title><script>
    const say = (said) => fetch("/said", { method: "POST", body: JSON.stringify({ browser: navigator.userAgent, ...said }) });
    fetch("/given").then((given) => given.json()).then(${work}).then((result) => say({ result }), (error) => say({ error: String(error) }));
  </script>`;
  let hear;
  const said = new Promise((resolve) => (hear = resolve));
  const { address, stop } = await serve({
    "/": (_, response) => response.setHeader("content-type", "text/html").end(page),
    "/given": (_, response) => response.setHeader("content-type", "application/json").end(JSON.stringify(given)),
    "/said": async (request, response) => {
      hear(JSON.parse(await text(request)));
      response.end();
    },
  });
  const close = open(address);
  const impatient = setTimeout(() => hear({ browser: "the browser", error: "no answer" }), PATIENCE);
  const { browser, result, error } = await said;
  clearTimeout(impatient);
  close();
  stop();
  if (error) throw new Error(`${browser}: ${error}`);
  return { browser, result };
}
