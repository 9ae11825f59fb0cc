// A slow line between the browser and a server: all connections share its bandwidth, and each request waits its round trip.
//
// The browser's own emulation gives page, worker and service worker a line each, of which a real one has one.

import { createServer, connect } from "node:net";

/** Bytes that go at once; smaller, and timers are what is measured. */
const PIECE = 1460;

/**
 * Stands before the server at `address`. `line` is `{ kbits, rtt }`: kilobits a second towards the browser, and milliseconds there and
 * back. `cut()` breaks every connection, `stall()` lets nothing through until `flow()`.
 */
export async function slowLine(address, { kbits, rtt }) {
  const { hostname, port } = new URL(address);
  const sockets = new Set();
  const queue = [];
  let free = 0;
  let flowing = true;
  let down = false;
  let sent = 0;
  const later = (work) => setTimeout(work, rtt / 2);
  const pump = () => {
    const now = performance.now();
    free = Math.max(free, now - 20);
    while (flowing && queue.length > 0 && free <= now) {
      const [piece, browser, server] = queue.shift();
      if (browser.destroyed) continue;
      free += (piece.length * 8) / kbits;
      sent += piece.length;
      later(() => !browser.destroyed && browser.write(piece));
      if ((server.waiting -= piece.length) < 8 * PIECE) server.resume();
    }
  };
  const pumping = setInterval(pump, 5);
  const proxy = createServer({ allowHalfOpen: false }, (browser) => {
    if (down) return browser.destroy();
    const server = connect(Number(port), hostname);
    server.waiting = 0;
    for (const socket of [browser, server]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    browser.on("data", (data) => later(() => !server.destroyed && server.write(data)));
    browser.on("close", () => server.destroy());
    server.on("close", () => {
      const end = () => (server.waiting > 0 && !browser.destroyed ? setTimeout(end, 50) : later(() => browser.end()));
      end();
    });
    server.on("data", (data) => {
      for (let at = 0; at < data.length; at += PIECE) queue.push([data.subarray(at, at + PIECE), browser, server]);
      if ((server.waiting += data.length) >= 8 * PIECE) server.pause();
    });
  });
  await new Promise((listening) => proxy.listen(0, "127.0.0.1", listening));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
    queue.length = 0;
  };
  return {
    address: `http://127.0.0.1:${proxy.address().port}/`,
    sent: () => sent,
    cut,
    stall: () => (flowing = false),
    flow: () => (flowing = true),
    /** Whether connections are taken at all. */
    connect: (can) => (down = !can),
    stop() {
      clearInterval(pumping);
      proxy.close();
      cut();
    },
  };
}
