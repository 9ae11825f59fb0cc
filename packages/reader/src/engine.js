// The worker that all elements of a document share, one for each folder of assets. It starts with the first question, answers one after
// the other, and ends a while after the last element went.

import { ASSETS } from "./assets.js";

/** So long the worker stays after the last element went, in milliseconds. */
const LINGER_MS = 30_000;
export const REMEDY = 'Copy the package\'s assets to this page\'s origin, and set "assets".';

/** What could not be done, and why: `kind` is one of missing, integrity, policy, origin, model, engine, own-model, own-model-stopped. */
export class LungfieldError extends Error {
  /** @param {string} kind @param {string} message */
  constructor(kind, message) {
    super(message);
    this.name = "LungfieldError";
    this.kind = kind;
  }
}

/** @typedef {{ transfer?: Transferable[], signal?: AbortSignal, onStage?: (stage: string) => void }} Options what goes over and is gone
 * here, what gives a question up, and what hears how far a film is */

/** The worker stopped at this question. */
export class Stopped extends Error {}

/** So long a hospital's own model may take to open and to read the film of its self-test, in milliseconds. */
const OWN_OPENS_MS = 120_000;

/** By the folder of their files: the one of Lungfield's model, and those of hospitals' own. @type {Map<string, Map<Blob | string | null, Engine>>} */
const engines = new Map();

export class Engine {
  /**
   * The engine whose files lie in a folder, or beside the module.
   *
   * @param {string | null} folder its address
   * @param {Blob | string | null} [own] the archive of a hospital's own model, or its address: the engine that opens it
   */
  static at(folder, own = null) {
    /** @type {Map<Blob | string | null, Engine>} */
    const there = engines.get(folder ?? "") ?? new Map();
    engines.set(folder ?? "", there);
    const engine = there.get(own) ?? new Engine(folder, own);
    there.set(own, engine);
    return engine;
  }

  /** What has come in, in order: each begins when the one before it has ended. @type {Promise<unknown>} */
  #last = Promise.resolve();
  /** @type {Worker | null} */
  #worker = null;
  /** What hears the worker's one answer. @type {{ resolve: (answer: any) => void, reject: (error: unknown) => void, onStage: (stage: string) => void } | null} */
  #hearing = null;
  /** @type {Promise<{ name: string, version: string, sha256: string }> | null} */
  #opened = null;
  #users = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #ending;
  /** @type {Set<(progress: { received: number, total: number }) => void>} */
  #listeners = new Set();
  /** Every file but the worker's script, by what the shell calls it. @type {Record<string, { url: string, integrity: string, bytes: number }>} */
  files;
  #script = "";
  /** @type {Blob | string | null} */
  #own;

  /** @param {string | null} folder @param {Blob | string | null} own */
  constructor(folder, own) {
    this.#own = own;
    const file = (/** @type {import("./assets.js").Asset} */ { url, name, integrity, bytes }) => ({
      url: folder ? new URL(name, folder).href : url.href,
      integrity,
      bytes,
    });
    const { worker, "worker-own": ownWorker, ...files } = ASSETS;
    this.files = Object.fromEntries(Object.entries(files).map(([key, asset]) => [key, file(asset)]));
    if (own) this.files.engine = this.files["engine-relaxed"] = this.files["engine-own"];
    const script = own ? ownWorker : worker;
    if (script) this.#script = file(script).url;
  }

  /** An element is there; call what is returned when it goes. @param {(progress: { received: number, total: number }) => void} heard */
  join(heard) {
    clearTimeout(this.#ending);
    this.#users += 1;
    this.#listeners.add(heard);
    return () => {
      this.#users -= 1;
      this.#listeners.delete(heard);
      if (this.#users > 0) return;
      this.#ending = setTimeout(() => {
        this.#end(new Stopped());
        // An archive is kept no longer than it is used.
        if (this.#own) for (const there of engines.values()) if (there.get(this.#own) === this) there.delete(this.#own);
      }, LINGER_MS);
    };
  }

  /** Loads engine and model; which model it is, or what is to be known of a hospital's own. What failed is tried again by the next call. */
  open() {
    if (!this.#opened) {
      const tooLong = this.#own ? setTimeout(() => this.#end(new LungfieldError("own-model-stopped", "The model took too long to open.")), OWN_OPENS_MS) : undefined;
      const opened = this.#send("open", { files: this.files, own: this.#own }).finally(() => clearTimeout(tooLong)).then(
        ({ model }) => model,
        (error) => {
          if (this.#opened === opened) this.#opened = null;
          if (error instanceof Stopped && this.#own) throw new LungfieldError("own-model-stopped", "The model took too much memory, or more than a browser can do.");
          throw error instanceof Stopped ? new LungfieldError("engine", "The reader could not be started: the browser may have too little memory for it.") : error;
        },
      );
      this.#opened = opened;
    }
    return this.#opened;
  }

  /**
   * Asks a question once those before it have their answers.
   *
   * @param {string} ask
   * @param {Record<string, unknown>} given
   * @param {Options} [options]
   * @returns {Promise<any>}
   */
  ask(ask, given, options = {}) {
    const { signal } = options;
    const answered = this.#last.then(async () => {
      signal?.throwIfAborted();
      await this.open();
      signal?.throwIfAborted();
      // A film that is being read is given up with its worker.
      const abort = () => this.#end(signal?.reason);
      signal?.addEventListener("abort", abort);
      return this.#send(ask, given, options).finally(() => signal?.removeEventListener("abort", abort));
    });
    this.#last = answered.catch(() => {});
    return answered;
  }

  /**
   * @param {string} ask
   * @param {Record<string, unknown>} given
   * @param {Options} [options]
   * @returns {Promise<any>}
   */
  #send(ask, given, { transfer = [], onStage = () => {} } = {}) {
    return new Promise((resolve, reject) => {
      this.#hearing = { resolve, reject, onStage };
      try {
        this.#worker ??= this.#start();
        this.#worker.postMessage({ ask, ...given }, transfer);
      } catch (error) {
        const foreign = error instanceof DOMException && error.name === "SecurityError";
        reject(foreign ? new LungfieldError("origin", `No worker may be started from ${this.#script}, which is not of this page's origin. ${REMEDY}`) : error);
      }
    });
  }

  #start() {
    const worker = new Worker(/** @type {string} */ (trusted(this.#script)));
    let started = false;
    worker.onmessage = ({ data: { progress, stage, answer, error, ...rest } }) => {
      started ||= Boolean(rest.started);
      if (progress) for (const heard of this.#listeners) heard(progress);
      else if (stage) this.#hearing?.onStage(stage);
      else if (error) this.#hearing?.reject(new LungfieldError(error.kind, error.message));
      else if (answer) this.#hearing?.resolve(answer);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(started ? new Stopped() : new LungfieldError("missing", `The worker could not be started from ${this.#script}. ${REMEDY}`));
    };
    return worker;
  }

  /** @param {unknown} reason what the question that waits is told */
  #end(reason) {
    this.#worker?.terminate();
    this.#worker = null;
    this.#opened = null;
    this.#hearing?.reject(reason);
  }
}

/** @type {{ createScriptURL(url: string): unknown } | null} */
let policy = null;

/** A policy of the host's own for the worker's address, where it allows none of the name `lungfield`. @param {{ createScriptURL(url: string): unknown }} given */
export function setPolicy(given) {
  policy = given;
}

/** The address as the page's policy for trusted types wants it. Two versions of this package share one policy. @param {string} url */
export function trusted(url) {
  const types = /** @type {any} */ (globalThis).trustedTypes;
  if (policy) return policy.createScriptURL(url);
  if (!types) return url;
  const shared = /** @type {any} */ (globalThis);
  const key = Symbol.for("lungfield.policy");
  shared[key] ??= types.createPolicy("lungfield", { createScriptURL: (/** @type {string} */ url) => url });
  return shared[key].createScriptURL(url);
}

/** A signal that ends with either. @param {AbortSignal} signal @param {AbortController} controller */
export function either(signal, controller) {
  if (signal.aborted) controller.abort(signal.reason);
  signal.addEventListener("abort", () => controller.abort(signal.reason), { once: true });
  return controller.signal;
}
