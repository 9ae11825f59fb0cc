// The static server of `cargo xtask serve`, with its log of requests.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { program, root } from "./files.js";

/**
 * Serves `dist/`, or, where `LUNGFIELD_PREVIEW` is set, what `cargo xtask serve` builds. `address` ends with a slash; `requests` grows by a line for each request that comes in, such as
 * "GET /index.html 200".
 */
export async function serve() {
  const built = process.env.LUNGFIELD_PREVIEW ? [] : ["--no-build"];
  const child = spawn(program("LUNGFIELD_XTASK", "target/xtask/xtask"), ["serve", ...built, "--port", "0", "--log"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  // A test run that dies must not leave a server behind.
  process.once("exit", () => child.kill());
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, "exit").then(() => {
    throw new Error("the server ended before it said where it is");
  });
  const [greeting] = await Promise.race([once(lines, "line"), ended]);
  const address = greeting.match(/http:\S+/)[0];
  const requests = [];
  lines.on("line", (line) => requests.push(line));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await ended.catch(() => {});
  };
  return { address, requests, stop };
}
