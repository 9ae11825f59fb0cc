// The worker's own part of its script; before it comes what wasm-pack makes of crates/element. It answers one question after the other:
// `{ ask, ...given }` with `{ answer }` or `{ error }`. What it fetches is what it was told the names of, and `src`.

/* global wasm_bindgen */

const { Engine, paint, paint_own, swatch } = wasm_bindgen;
/** The most that the archive of a hospital's own model may have, in bytes. */
const OWN_LIMIT = 256e6;
let engine;
let files = {};
/** The film that is looked at closely, by its number. */
let close = null;
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
  /** Takes the engine and the model in; says which model it is. With `own`, the archive of a hospital's own or its address, also what is
   * to be known of that. */
  async open({ files: named, own }) {
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
    if (!own) {
      setTimeout(() => engine.warm_up(), 300);
      return [{ model: JSON.parse(engine.model) }];
    }
    const { bytes, why } = await contents(own, OWN_LIMIT);
    if (!bytes) throw failure("own-model", why ?? `the archive has more than ${OWN_LIMIT / 1e6} MB: store the network's weights as f16`);
    try {
      return [{ model: JSON.parse(engine.open_own(bytes)) }];
    } catch (error) {
      throw error instanceof WebAssembly.RuntimeError ? error : failure("own-model", error.message);
    }
  },

  /** Whether a file is the archive of a hospital's own model, and no film. */
  async "is-own"({ film }) {
    const { bytes } = await contents(film, OWN_LIMIT);
    return [{ isOwn: Boolean(bytes) && engine.is_own_model(bytes) }];
  },

  /** Reads a film with a hospital's own model. */
  async "read-own"({ film, src, name, how }) {
    const { bytes, why } = await contents(src ?? film, engine.limit);
    return [{ reading: bytes ? engine.read_own(name, bytes, JSON.stringify(how)) : engine.own_not_opened(name, why ?? "the file is too large") }];
  },

  /** What is said of a hospital's own model beside a reading; null where nothing of it may be shown. */
  async "say-own"({ reading, facts, own, lang, revealed, prevalence, first }) {
    const [{ tag }] = await answers.words({ lang });
    const asked = JSON.stringify({ revealed, prevalence, first });
    return [{ view: JSON.parse(engine.say_own(reading, facts, own ?? undefined, locales.get(tag), asked)) }];
  },

  /** How the strong places of a class look. */
  swatch: async ({ of, width, height }) => painted(swatch(of, width, height), width, height),

  /** The heatmap of a hospital's own model to be laid over the film. */
  "paint-own": async ({ map, width, height }) => painted(paint_own(map, width, height), width, height),

  /** The texts of a language: the nearest there is. */
  async words({ lang }) {
    const tag = [lang, lang.split("-")[0].toLowerCase(), "en"].find((tag) => files[`locale-${tag}`]);
    if (!locales.has(tag)) locales.set(tag, await (await fetched(files[`locale-${tag}`])).text());
    return [{ tag, words: JSON.parse(locales.get(tag)) }];
  },

  /** Reads a film, from its bytes or from `src`. */
  async read({ film, src, name, how }) {
    const { bytes, size, why } = await contents(src ?? film, engine.limit);
    if (!bytes) {
      const without = size === undefined ? engine.not_opened(name, why) : engine.too_large(name, size);
      return [{ reading: without, picture: null, other: null, header: null }];
    }
    close = null;
    const found = engine.read(name, bytes, JSON.stringify(how), (stage) => postMessage({ stage }));
    const { reading, other, header, width, height, grey, film_width: across, film_height: down, void_site: voidSite } = found;
    found.free();
    const picture = width ? { width, height, grey, size: [across, down] } : null;
    return [{ reading, other: other ?? null, header: header ?? null, picture, voidSite }, picture ? [grey.buffer] : []];
  },

  /** A part of a film with its own samples, where its file can be had once more. The film with this `id` is kept until another one is read. */
  async look({ id, film, src, how, part, most }) {
    if (close !== id) {
      const { bytes } = await contents(src ?? film, engine.limit);
      close = bytes && engine.open_closely(bytes, JSON.stringify(how)) ? id : null;
    }
    const found = close === null ? null : engine.part(JSON.stringify(part), ...most);
    if (!found) return [{ detail: null }];
    const { width, height, deep, samples, place, shown } = found;
    found.free();
    const picture = { width, height, samples: deep ? new Uint16Array(samples.buffer) : samples };
    return [{ detail: { part: JSON.parse(place), picture, shown: shown ? [...shown] : null } }, [samples.buffer]];
  },

  /** What a measurement is, in words, and where it begins. */
  async measured({ measurement, header, lungs, lang }) {
    const [{ tag }] = await answers.words({ lang });
    const asked = JSON.stringify({ ...measurement, header: header && JSON.parse(header), lungs });
    return [JSON.parse(engine.measured(asked, locales.get(tag)))];
  },

  /** The windows that can be chosen by name. A header's own names are in its own letters. */
  async presets({ header, inverted, shown, lang }) {
    const [{ tag }] = await answers.words({ lang });
    const found = JSON.parse(engine.presets(JSON.stringify({ header: header && JSON.parse(header), inverted, shown }), locales.get(tag)));
    const named = ({ name, bytes, encoding, window }) => ({ name: name ?? new TextDecoder(encoding).decode(Uint8Array.from(bytes)), window });
    return [{ presets: found.map(named) }];
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
  paint: async ({ map, lungs, width, height }) => painted(paint(JSON.stringify({ map, lungs }), width, height), width, height),
};

/** @param {Uint8Array} pixels */
function painted(pixels, width, height) {
  const rgba = new Uint8ClampedArray(pixels.buffer);
  return [{ width, height, rgba }, [rgba.buffer]];
}

/** The `bytes` of a file, of bytes or of what lies at an address; else its `size`, which is above the limit, or `why` it has none. */
async function contents(from, limit) {
  const isAddress = typeof from === "string";
  try {
    const response = isAddress ? await fetch(from, { credentials: "same-origin" }) : null;
    if (response && !response.ok) return { why: `the server answered ${response.status}` };
    const file = response ? await response.blob() : from;
    const size = file.size ?? file.byteLength;
    return size > limit ? { size } : { bytes: new Uint8Array(file instanceof Blob ? await file.arrayBuffer() : file) };
  } catch {
    return { why: isAddress ? "the server could not be reached" : undefined };
  }
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
