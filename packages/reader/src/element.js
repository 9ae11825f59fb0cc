// The element: what is set on it, where it is, what it tells, and what it shows. What is said of a film comes from the worker.

import { VERSION } from "./assets.js";
import { Attributes, languageOf } from "./attributes.js";
import { onceSeen } from "./dom.js";
import { Engine, LungfieldError, Stopped, either } from "./engine.js";
import { asked } from "./first.js";
import { HEAT_SIDE, Panel } from "./panel.js";
import { heatOf } from "./stage.js";
import STYLE from "./style.css";
import { FORMATS, made } from "./taking.js";
import VIEWER from "./viewer.css";

/** @typedef {import("./types.js").Film} Film */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").ReadOptions} ReadOptions */
/** @typedef {import("./types.js").Reading} Reading */
/** @typedef {import("./types.js").State} State */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./taking.js").Format} Format */

/** How many films have been read. */
let films = 0;
const STATES = ["idle", "loading", "ready", "reading", "read", "refused", "failed", "broken"];

/**
 * A film's reader: `<lungfield-reader>`.
 *
 * @attr {string} assets - The address of the folder with the package's assets, of this page's origin. By itself: beside the module.
 * @attr {string} src - The address of a film of this page's origin, which the worker fetches, with the page's credentials.
 * @attr {string} name - What the film is called in the reading.
 * @attr {number} frame - The frame of a file that holds several, from 1.
 * @attr {string} lang - The language, as on every element; by itself that of the nearest element around.
 * @attr {number} prevalence - How common pneumonia is here, above 0 and below 1: the probability is restated for it.
 * @attr {"full"|"compact"|"result"|"none"} view - What is shown: all, without the film's tools and what the answer means, without the film, or nothing.
 * @attr {"on"|"off"} heat - Whether the strongest evidence is marked on the film. Off by itself; the user can switch it.
 * @attr {string} tools - What the film is looked at with: some of zoom, window, invert, rotate, measure.
 * @attr {string} exports - What the user may take away: some of pdf, png, dicom-sc, dicom-sr, fhir-r4, fhir-r5, json.
 * @attr {boolean} read-first - The user says what she sees before she is shown the answer.
 * @attr {string} own-model - The address of a hospital's own model, of this page's origin: a ZIP archive, which reads films beside Lungfield's.
 * @attr {boolean} pick - The user may choose a film or drop one.
 * @attr {"lazy"|"eager"|"manual"} loading - When the engine is loaded: once the element is seen, at once, or with `load()` or the first film.
 *
 * @fires lungfield-ready - The engine is loaded: `{ model }`.
 * @fires lungfield-progress - So much of it has come: `{ received, total }`, in bytes.
 * @fires lungfield-stage - The film has come to a stage: `{ stage }`.
 * @fires lungfield-reading - The film's way has ended, with an answer or without: `{ reading, view }`.
 * @fires lungfield-seen - The user has said what she sees, or wants the answer without saying: `{ reading, seen }`.
 * @fires lungfield-own-model - A hospital's own model was opened: `{ facts }`.
 * @fires lungfield-own-reading - It has said what it says of the film: `{ reading }`.
 * @fires lungfield-reveal - The user wants to see an answer that is held back: `{ reading }`.
 * @fires lungfield-export - A file was made that the user asked for: `{ format, name, blob }`. The host may keep it: `preventDefault()` leaves out the download.
 * @fires lungfield-error - Nothing can be read, or a hospital's own model or its thresholds are not used: `{ kind, message }`, for whoever set it up.
 *
 * @slot placeholder - In the place of what is said while there is no film.
 * @slot actions - The host's own buttons, below the answer.
 * @slot footer - At the end.
 *
 * @csspart panel - All of it.
 * @csspart film - The film's frame.
 * @csspart toolbar - What it is looked at with.
 * @csspart answer - The answer.
 * @csspart outcome - Its headline.
 * @csspart probability - How sure it is.
 * @csspart scale - The scale of probability.
 * @csspart warning - What to keep in mind.
 * @csspart quality - How good the film is to read.
 * @csspart button - A button.
 * @csspart model - Which model answered.
 * @csspart error - What is wrong with the set-up.
 *
 * @cssprop --lungfield-ink - The text.
 * @cssprop --lungfield-muted - Text beside it.
 * @cssprop --lungfield-surface - The ground.
 * @cssprop --lungfield-line - Lines.
 * @cssprop --lungfield-accent - What is chosen.
 * @cssprop --lungfield-likely - Pneumonia likely.
 * @cssprop --lungfield-uncertain - Uncertain.
 * @cssprop --lungfield-unlikely - Pneumonia unlikely.
 * @cssprop --lungfield-radius - Corners.
 * @cssprop --lungfield-gap - Distances.
 * @cssprop --lungfield-font - The font.
 * @cssprop --lungfield-film-height - The most height of the film.
 * @cssprop --lungfield-heat-opacity - How strongly evidence is marked, from 0 to 1.
 *
 * @cssstate idle - Nothing is loaded.
 * @cssstate loading - The engine is on its way.
 * @cssstate ready - Films can be read.
 * @cssstate reading - A film is being read.
 * @cssstate read - There is an answer.
 * @cssstate refused - The film was understood and gets no answer.
 * @cssstate failed - The film could not be read.
 * @cssstate broken - Nothing can be read.
 */
export class LungfieldReader extends Attributes {
  /** The folder of assets of every element that names none. @type {string | null} */
  static assets = null;

  #internals = this.attachInternals();
  #root = this.attachShadow({ mode: "open" });
  #panel = new Panel({
    element: this,
    engine: () => this.#engine(),
    read: () => this.#read,
    redraw: () => void this.#draw(),
    take: (file) => void this.#take(file),
    saw: (seen) => this.#show(seen),
    tell: (name, detail) => this.#tell(name, detail),
  });
  /** A hospital's own model, where its archive was handed over. @type {Blob | null} */
  #ownArchive = null;

  /** @type {State} */
  #state = "idle";
  /** @type {Film | null} */
  #film = null;
  /** @type {import("./panel.js").Read | null} */
  #read = null;
  /** @type {View | null} */
  #view = null;
  /** @type {Model | null} */
  #model = null;
  #revealed = false;
  /** What the user saw first; null where she did not say, undefined before. @type {import("./types.js").Seen | null | undefined} */
  #saw = undefined;
  /** Gives up what is being read. */
  #giveUp = new AbortController();
  /** Leaves the engine. @type {(() => void) | null} */
  #leave = null;
  /** @type {IntersectionObserver | null} */
  #seen = null;
  #drawn = 0;
  /** What has been told that nothing can be read. @type {unknown} */
  #told = null;

  constructor() {
    super();
    this.#root.append(this.#panel.root);
    this.#dress();
  }

  // ---- properties

  /** Where it is. */
  get state() {
    return this.#state;
  }

  /** What is said of the film: `lungfield.reading/1`; `null` while there is none. */
  get reading() {
    return this.#read?.reading ?? null;
  }

  /** Which model answers; `null` before it is loaded. */
  get model() {
    return this.#model;
  }

  /** The version of the package. */
  get version() {
    return VERSION;
  }

  /** The film. It is read as soon as it is set. @type {Film | null} */
  get film() {
    return this.#film;
  }

  set film(film) {
    if (film === null || film === undefined) this.clear();
    else this.read(film).catch(() => {});
  }

  /** A hospital's own model: its archive, or the archive's address, of this page's origin. @type {Blob | string | null} */
  get ownModel() {
    return this.#ownArchive ?? this.getAttribute("own-model");
  }

  set ownModel(model) {
    this.#ownArchive = model instanceof Blob ? model : null;
    if (typeof model === "string") {
      this.setAttribute("own-model", model);
    } else {
      this.removeAttribute("own-model");
      this.#openOwn();
    }
  }

  /** What the hospital's own model says of the film: `lungfield.own-reading/1`; `null` while there is nothing. */
  get ownReading() {
    return this.#panel.own.reading;
  }

  // ---- methods

  /** Loads the engine; which model it has. @returns {Promise<Model>} */
  async load() {
    const engine = this.#engine();
    const before = this.#state;
    try {
      if (before === "idle" || before === "broken") this.#become("loading");
      const model = await engine.open();
      if (!this.#model || this.#model.sha256 !== model.sha256 || this.#state === "loading") {
        this.#model = model;
        if (this.#state === "loading") this.#become("ready");
        this.#tell("ready", { model });
      }
      await this.#draw();
      return model;
    } catch (error) {
      throw this.#broken(error);
    }
  }

  /**
   * Reads a film. A film that cannot be read is a reading too, with its reason; what is thrown is that it was given up (`AbortError`), or
   * that nothing can be read ([`LungfieldError`]).
   *
   * @param {Film | string} film a file, its bytes, or an address of this page's origin
   * @param {ReadOptions} [options]
   * @returns {Promise<Reading>}
   */
  async read(film, options = {}) {
    this.#giveUp.abort(new DOMException("Another film has come.", "AbortError"));
    const giveUp = (this.#giveUp = new AbortController());
    const signal = options.signal ? either(options.signal, giveUp) : giveUp.signal;
    const src = typeof film === "string" ? new URL(film, document.baseURI).href : null;
    if (src && new URL(src).origin !== location.origin) throw new LungfieldError("origin", `${src} is not of this page's origin: a film from elsewhere is handed over as a file or its bytes.`);
    const name = options.name ?? (this.name || (film instanceof File ? film.name : src ? decodeURIComponent(new URL(src).pathname.split("/").at(-1) ?? "") : ""));
    this.#film = typeof film === "string" ? null : film;
    this.#forget();
    try {
      await this.load();
      signal.throwIfAborted();
      this.#become("reading");
      await this.#draw();
      const how = { frame: options.frame ?? this.frame, corners: options.corners ?? null, lungs: options.lungs ?? null, site: this.site };
      // A hospital's own model is handed the bytes too.
      const transfer = options.transfer && !this.ownModel ? [film instanceof ArrayBuffer ? film : film instanceof Uint8Array ? film.buffer : null].filter((buffer) => buffer instanceof ArrayBuffer) : [];
      const onStage = (/** @type {string} */ stage) => this.#tell("stage", { stage });
      const engine = this.#engine();
      const asked = { film: src ? null : film, src, name, how };
      const found = await engine.ask("read", asked, { signal, transfer: /** @type {Transferable[]} */ (transfer), onStage }).catch((error) => {
        if (error instanceof Stopped) return engine.ask("stopped", { name }, { signal });
        throw error;
      });
      /** @type {Reading} */
      const reading = JSON.parse(found.reading);
      const { other, header, picture } = found;
      const source = { film: this.#film, src, name, how };
      this.#read = { json: found.reading, reading, other, header, grey: picture?.grey ?? null, size: picture && [picture.width, picture.height], source, number: (films += 1) };
      if (picture) this.#panel.show({ width: picture.width, height: picture.height, samples: picture.grey }, picture.size);
      if (found.voidSite) this.#tell("error", { kind: "site", message: found.voidSite });
      this.#become(reading.status);
      await this.#draw();
      this.#announce();
      this.#tell("reading", { reading, view: this.#view });
      return reading;
    } catch (error) {
      if (signal.aborted) {
        if (giveUp === this.#giveUp) this.clear();
        throw signal.reason;
      }
      throw this.#broken(error);
    }
  }

  /** Forgets the film and what is said of it. */
  clear() {
    this.#giveUp.abort(new DOMException("The film was taken away.", "AbortError"));
    this.#giveUp = new AbortController();
    this.#film = null;
    this.#forget();
    if (this.#state !== "broken" && this.#state !== "idle") this.#become(this.#model ? "ready" : "loading");
    this.#draw();
  }

  /** Shows an answer that is held back, as outside of what the model knows, or that waits for what the user sees. */
  reveal() {
    if (this.#view?.sign === "later") return this.#show(null);
    if (!this.#read || this.#view?.sign !== "withheld") return;
    this.#revealed = true;
    this.#tell("reveal", { reading: this.#read.reading });
    // The button goes when the answer comes.
    this.#panel.focus();
    this.#draw().then(() => this.#announce());
  }

  /**
   * A heatmap of the film: the strongest evidence for a class, to be laid over the film. Clear where no place stands out.
   *
   * @param {{ of?: "pneumonia" | "normal", width?: number }} [what] of which class, and how wide in pixels, 1 to 4096
   * @returns {Promise<ImageData | null>} null while there is no answer
   */
  async heatmap({ of = "pneumonia", width = HEAT_SIDE } = {}) {
    const painted = await heatOf(this.#engine(), this.#read, of, width);
    return painted && new ImageData(painted.rgba, painted.width);
  }

  /**
   * A file of what is said of the film, in the element's language. DICOM takes patient and study from the film's own header; nothing else
   * names anybody.
   *
   * @param {Format} format
   * @returns {Promise<Blob>}
   */
  async export(format) {
    const read = this.#read;
    if (!read) throw new LungfieldError("export", "There is no film to make a file of.");
    if (!FORMATS[format]) throw new LungfieldError("export", `There is no format ${format}; there are ${Object.keys(FORMATS).join(", ")}.`);
    const engine = this.#engine();
    const { words, tag } = await engine.ask("words", { lang: languageOf(this) });
    const { prevalence } = this;
    const reading = prevalence && read.reading.outcome ? (await engine.ask("restated", { reading: read.json, prevalence })).reading : read.json;
    const header = read.header && JSON.parse(read.header);
    const film = { format, reading: JSON.parse(reading), marks: { shown_on_request: Boolean(this.#view?.caveat), seen_first: this.#saw ?? undefined }, header, picture: read.size, language: tag, texts: JSON.stringify(words) };
    return made(engine.files, film, read.grey);
  }

  /** What is said of the film as plain text, in the element's language; `null` while there is nothing. */
  get text() {
    return this.#view?.plain ?? null;
  }

  /** What helps to find a fault, to be sent to whoever maintains this: no film, no name, no word of a header. */
  report() {
    const { status = null, reason = null, milliseconds = null } = this.#read?.reading ?? {};
    return { version: VERSION, state: this.#state, model: this.#model, status, reason: reason?.kind ?? null, milliseconds, agent: navigator.userAgent };
  }

  // ---- life

  connectedCallback() {
    this.upgrade();
    this.#panel.heat.shown ||= this.heat === "on";
    this.#leave ??= this.#engine().join((progress) => this.#progress(progress));
    this.#openOwn();
    if (this.#state === "idle" && !this.#read) {
      if (this.src) this.read(this.src).catch(() => {});
      else if (this.loading === "eager") this.load().catch(() => {});
      else if (this.loading === "lazy") this.#seen = onceSeen(this, () => this.#state === "idle" && this.load().catch(() => {}));
    }
    this.#draw();
  }

  disconnectedCallback() {
    // One that is only moved is there again at once.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#leave?.();
      this.#leave = null;
      this.#panel.own.close();
      this.#seen?.disconnect();
    });
  }

  connectedMoveCallback() {}

  adoptedCallback() {
    // A document's style sheets do not go with it to another.
    this.#dress();
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) return;
    if (name === "assets") {
      this.#leave?.();
      this.#model = null;
      this.#leave = this.#engine().join((progress) => this.#progress(progress));
      this.#openOwn();
    }
    if (name === "own-model" && (now || !this.#ownArchive)) {
      this.#ownArchive = null;
      this.#openOwn();
    }
    if (name === "heat") this.#panel.heat = { ...this.#panel.heat, shown: now === "on" };
    if (name === "src" && now) this.read(now).catch(() => {});
    else if (name === "src" && !this.#film) this.clear();
    else this.#draw();
  }

  // ---- inside

  #engine() {
    return Engine.at(this.#folder());
  }

  #folder() {
    const folder = this.assets ?? LungfieldReader.assets;
    const named = folder && (folder.endsWith("/") ? folder : `${folder}/`);
    return named && new URL(named, document.baseURI).href;
  }

  /** Opens the hospital's own model that is set, or closes the one that is set no longer. */
  #openOwn() {
    if (!this.isConnected) return;
    const model = this.ownModel;
    if (model === null) {
      this.#panel.own.close();
      this.#draw();
      return;
    }
    const archive = typeof model === "string" ? new URL(model, document.baseURI).href : model;
    if (typeof archive === "string" && new URL(archive).origin !== location.origin) return this.#tell("error", { kind: "origin", message: `${archive} is not of this page's origin: a model from elsewhere is handed over as a file.` });
    this.#panel.own.open(this.#folder(), archive);
    this.#draw();
  }

  /** Takes what the user chose or dropped: a film, or a model. @param {File} file */
  async #take(file) {
    const isArchive = (await file.slice(0, 2).text().catch(() => "")) === "PK";
    const { isOwn } = isArchive ? await this.#engine().ask("is-own", { film: file }).catch(() => ({ isOwn: false })) : { isOwn: false };
    if (isOwn) this.ownModel = file;
    else this.read(file).catch(() => {});
  }

  #forget() {
    this.#read = null;
    this.#view = null;
    this.#revealed = false;
    this.#saw = undefined;
    this.#panel.show(null);
  }

  /** @param {State} state */
  #become(state) {
    this.#state = state;
    for (const other of STATES) this.#internals.states?.delete(other);
    this.#internals.states?.add(state);
  }

  /** @param {string} name @param {object} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(`lungfield-${name}`, { bubbles: true, composed: true, detail }));
  }

  /** @param {unknown} error */
  #broken(error) {
    if (error === this.#told) return error;
    this.#told = error;
    const { kind = "engine", message } = /** @type {LungfieldError} */ (error);
    this.#become("broken");
    this.#draw();
    this.#panel.broken(kind, message);
    this.#tell("error", { kind, message });
    return error;
  }

  #dress() {
    const window = this.ownerDocument.defaultView ?? globalThis;
    const sheet = new /** @type {any} */ (window).CSSStyleSheet();
    sheet.replaceSync(STYLE + VIEWER);
    this.#root.adoptedStyleSheets = [sheet];
  }

  /** @param {{ received: number, total: number }} progress */
  #progress(progress) {
    if (this.#state !== "loading") return;
    this.#tell("progress", progress);
    this.#panel.progress(progress);
  }

  /** Draws everything anew: in the language, for the prevalence, as much as is to be shown. */
  async #draw() {
    const drawing = (this.#drawn += 1);
    this.#panel.begin();
    if (!this.#model) return;
    const engine = this.#engine();
    const lang = languageOf(this);
    const read = this.#read;
    const asking = read && { reading: read.json, other: read.other, lang, revealed: this.#revealed, prevalence: this.prevalence, first: asked(this.readFirst, this.#saw) };
    const said = await (asking
      ? engine.ask("say", asking)
      : engine.ask("words", { lang })
    ).catch((error) => {
      this.#tell("error", { kind: error.kind ?? "engine", message: error.message });
      return null;
    });
    if (!said || drawing !== this.#drawn || read !== this.#read) return;
    this.#view = /** @type {View | null} */ (said.view ?? null);
    await this.#panel.draw(this.#view, said.words, said.tag, asking, () => drawing === this.#drawn);
  }

  /** @param {import("./types.js").Seen | null} seen */
  #show(seen) {
    this.#saw = seen;
    this.#tell("seen", { reading: this.#read?.reading, seen });
    // The form goes when the answer comes.
    this.#panel.focus();
    this.#draw().then(() => this.#announce());
  }

  #announce() {
    this.#panel.announce(this.#view);
  }
}
