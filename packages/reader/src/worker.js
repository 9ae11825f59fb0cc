// The worker's own part of its script; before it comes what wasm-pack makes of crates/element. It answers one question after the other:
// `{ ask, ...given }` with `{ answer }` or `{ error }`. What it fetches is what it was told the names of, and `src`.

/* global wasm_bindgen */

const { Engine, paint } = wasm_bindgen;
let engine;
let files = {};
const locales = new Map();

/** An error that the element tells its host by `kind`. */
const failure = (kind, message) => Object.assign(new Error(message), { kind });

/** A file of the package: exactly the one of this version. */
async function fetched({ url, integrity }) {
  const response = await fetch(url, { integrity }).catch(() => null);
  if (response?.ok) return response;
  // What came is another file, or none came: only a second question tells.
  const status = response?.status ?? (await fetch(url, { method: "HEAD" }).then(({ status, ok }) => (ok ? "other" : status), () => null));
  if (status === "other") throw failure("integrity", `Another file than this version's is at ${url}. Copy the package's assets there again.`);
  throw failure("missing", `${url} ${status ? `was answered with ${status}` : "could not be reached"}. Copy the package's assets there, or set "assets".`);
}

/** Whether the engine's faster build, with relaxed SIMD, runs here. */
const isFast = WebAssembly.validate(Uint8Array.of(/*RELAXED_PROBE*/));

const answers = {
  /** Takes the engine and the model in; says which model it is. */
  async open({ files: named }) {
    files = named;
    const wanted = [isFast ? files["engine-relaxed"] : files.engine, files.manifest, files.network];
    const total = wanted.reduce((sum, file) => sum + file.bytes, 0);
    let received = 0;
    const [code, manifest, network] = await Promise.all(
      wanted.map(async (file) => {
        const bytes = await (await fetched(file)).arrayBuffer();
        received += bytes.byteLength;
        postMessage({ progress: { received, total } });
        return bytes;
      }),
    );
    const module = await WebAssembly.compile(code).catch((error) => {
      throw failure(
        "policy",
        `${error.message}. Send the worker's script with Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'`,
      );
    });
    await wasm_bindgen({ module_or_path: module });
    try {
      engine = new Engine(new Uint8Array(manifest), new Uint8Array(network));
    } catch (error) {
      throw failure("model", error.message);
    }
    setTimeout(() => engine.warm_up(), 300);
    return [{ model: JSON.parse(engine.model) }];
  },

  /** The texts of a language: the nearest there is. */
  async words({ lang }) {
    const tag = [lang, lang.split("-")[0].toLowerCase(), "en"].find((tag) => files[`locale-${tag}`]);
    if (!locales.has(tag)) locales.set(tag, await (await fetched(files[`locale-${tag}`])).text());
    return [{ tag, words: JSON.parse(locales.get(tag)) }];
  },

  /** Reads a film, from its bytes or from `src`. */
  async read({ film, src, name, how }) {
    const read = await opened(film, src, name);
    if (typeof read === "string") return [{ reading: read, picture: null, other: null, header: null }];
    const found = engine.read(name, read, JSON.stringify(how), (stage) => postMessage({ stage }));
    const { reading, other, header, width, height, grey } = found;
    const picture = width ? { width, height, grey, rgba: opaque(grey) } : null;
    found.free();
    return [{ reading, other: other ?? null, header: header ?? null, picture }, picture ? [picture.rgba.buffer, grey.buffer] : []];
  },

  /** The reading of a film that the worker before this one stopped at. */
  stopped: async ({ name }) => [{ reading: engine.stopped(name), picture: null, other: null, header: null }],

  /** A reading with its probability restated. */
  restated: async ({ reading, prevalence }) => [{ reading: engine.restated(reading, prevalence) }],

  /** What is said of a reading. */
  async say({ reading, other, lang, revealed, prevalence, first }) {
    const [{ tag, words }] = await answers.words({ lang });
    const asked = { revealed, prevalence, first, other: other && JSON.parse(other) };
    return [{ view: JSON.parse(engine.say(reading, locales.get(tag), JSON.stringify(asked))), words, tag }];
  },

  /** A heatmap to be laid over the film. */
  async paint({ map, lungs, width, height }) {
    const rgba = new Uint8ClampedArray(paint(JSON.stringify({ map, lungs }), width, height).buffer);
    return [{ width, height, rgba }, [rgba.buffer]];
  },
};

/** The bytes of a film, or the reading of one that has none. */
async function opened(film, src, name) {
  try {
    if (src) {
      const response = await fetch(src, { credentials: "same-origin" });
      if (!response.ok) return engine.not_opened(name, `the server answered ${response.status}`);
      film = await response.blob();
    }
    const size = film.size ?? film.byteLength;
    if (size > engine.limit) return engine.too_large(name, size);
    return new Uint8Array(film instanceof Blob ? await film.arrayBuffer() : film);
  } catch {
    return engine.not_opened(name, src ? "the server could not be reached" : undefined);
  }
}

/** Grey bytes as opaque pixels. */
function opaque(grey) {
  const rgba = new Uint32Array(grey.length);
  grey.forEach((value, i) => (rgba[i] = 0xff000000 | (value * 0x10101)));
  return new Uint8ClampedArray(rgba.buffer);
}

self.onmessage = async ({ data: { ask, ...given } }) => {
  try {
    const [answer, transferred = []] = await answers[ask](given);
    postMessage({ answer }, transferred);
  } catch (error) {
    // A trap leaves nothing that can go on: the element hears the worker's error, and starts another.
    if (error instanceof WebAssembly.RuntimeError) setTimeout(() => { throw error; });
    else postMessage({ error: { kind: error.kind ?? "engine", message: String(error.message ?? error) } });
  }
};
postMessage({ started: true });
