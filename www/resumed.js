// How a file is fetched on a line that breaks, and how long that takes; the build writes it into both start scripts.

/**
 * The file at `address`, of `raw` bytes unpacked, as a response whose body goes on where the line broke or stood still. `heard` is told how
 * many bytes of the file have come over the line, how many it has there, and whether the line stands still. A file that has come in parts
 * is in no cache of the browser's: it is put where the service worker (www/sw.js) finds it.
 */
async function resumed(address, raw, heard) {
  const STILL_MS = 10000;
  const LONGEST_PAUSE_MS = 8000;
  let received = 0;
  let sent = raw;
  let tries = 0;
  let before = 0;
  let broken = false;
  const chunks = [];
  const say = (still) => heard(Math.min(received / raw, 1) * sent, sent, still);
  const pause = () =>
    new Promise((resolve) => {
      addEventListener("online", resolve, { once: true });
      setTimeout(resolve, Math.min(500 * 2 ** (tries += 1), LONGEST_PAUSE_MS));
    });
  const inTime = (promise, abort) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        abort.abort();
        reject(new TypeError("the line stands still"));
      }, STILL_MS);
      promise.then(resolve, reject).finally(() => clearTimeout(timer));
    });
  const open = async () => {
    for (;;) {
      const abort = new AbortController();
      try {
        // A part is sent as it is, not packed: the whole may be less. But a line that has brought nothing new breaks too soon for it.
        const whole = received === 0 || (raw - received > sent && received > before);
        const headers = whole ? {} : { range: `bytes=${received}-` };
        const response = await inTime(fetch(address, { headers, signal: abort.signal }), abort);
        if (!response.ok) return { refusal: new Error(`${response.status} ${response.statusText}`) };
        before = received;
        return { response, reader: response.body.getReader(), skip: response.status === 206 ? 0 : received, abort };
      } catch {
        say(true);
        await pause();
      }
    }
  };
  let line = await open();
  if (line.refusal) throw line.refusal;
  const { headers } = line.response;
  const type = { headers: { "content-type": headers.get("content-type") ?? "" } };
  sent = Number(headers.get("content-length")) || raw;
  const keep = async () => (await caches.open("lungfield arrived")).put(address, new Response(new Blob(chunks), type));
  const body = new ReadableStream({
    // Not at the pace of who reads it, who may not be there yet: what only the browser has is lost with the line.
    async start(controller) {
      for (;;) {
        let part;
        try {
          part = await inTime(line.reader.read(), line.abort);
        } catch {
          broken = true;
          say(true);
          await pause();
          line = await open();
          if (line.refusal) throw line.refusal;
          continue;
        }
        if (part.done) break;
        tries = 0;
        const chunk = part.value.subarray(Math.min(line.skip, part.value.length));
        line.skip -= part.value.length - chunk.length;
        if (chunk.length === 0) continue;
        received += chunk.length;
        chunks.push(chunk);
        say(false);
        controller.enqueue(chunk);
      }
      if (broken) await keep().catch(() => {});
      controller.close();
    },
  });
  return new Response(body, type);
}

/** Whole seconds until all is there, as it has gone since `began`; null while nobody can tell. */
function secondsLeft(began, received, sent) {
  return received > 0 ? Math.ceil(((sent - received) * (performance.now() - began)) / received / 1000) : null;
}
