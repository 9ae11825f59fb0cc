// What can be set on the element: each attribute with its property.

/** Where there is no document, as on a server, the class can still be imported. */
const Base = globalThis.HTMLElement ?? /** @type {typeof HTMLElement} */ (class {});

const NAMES = ["assets", "exports", "frame", "heat", "lang", "loading", "name", "own-model", "pick", "prevalence", "read-first", "src", "tools", "view"];

/** @param {Element} element @param {string} name @param {string | number | null | undefined} value */
function reflect(element, name, value) {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, String(value));
}

/** The language of an element: its own, that of the nearest one around, or the page's. @param {HTMLElement} element */
export function languageOf(element) {
  const around = /** @type {HTMLElement | null} */ (element.closest("[lang]"));
  return element.getAttribute("lang") || around?.lang || document.documentElement.lang || "en";
}

/** An element with these attributes. */
export class Attributes extends Base {
  static observedAttributes = NAMES;

  /** Registers the element under a tag: the module's `define`. @type {typeof import("./index.js").define} */
  static define;

  /** Loads engine and model before an element needs them: the module's `preload`. @type {typeof import("./index.js").preload} */
  static preload;

  /** What holds for all elements that say nothing else: the module's `configure`. @type {typeof import("./index.js").configure} */
  static configure;

  /**
   * A site's own thresholds, `lungfield.site/1`, as the app and the command write them: the films that follow are answered at them. With
   * another model than they were chosen with they are void, which `lungfield-error` tells.
   *
   * @type {object | null}
   */
  site = null;

  /** How common pneumonia is here, above 0 and below 1; `null` to leave the probability as it is. @type {number | null} */
  get prevalence() {
    const share = Number(this.getAttribute("prevalence") ?? NaN);
    return share > 0 && share < 1 ? share : null;
  }

  set prevalence(share) {
    reflect(this, "prevalence", share);
  }

  /** The frame of a file that holds several. @type {number | null} */
  get frame() {
    const frame = Number(this.getAttribute("frame") ?? NaN);
    return Number.isInteger(frame) && frame > 0 ? frame : null;
  }

  set frame(frame) {
    reflect(this, "frame", frame);
  }

  /** @type {string} */
  get name() {
    return this.getAttribute("name") ?? "";
  }

  set name(name) {
    reflect(this, "name", name);
  }

  /** @type {string | null} */
  get src() {
    return this.getAttribute("src");
  }

  set src(src) {
    reflect(this, "src", src);
  }

  /** @type {string | null} */
  get assets() {
    return this.getAttribute("assets");
  }

  set assets(assets) {
    reflect(this, "assets", assets);
  }

  /** @type {"full" | "compact" | "result" | "none"} */
  get view() {
    const view = this.getAttribute("view");
    return view === "compact" || view === "result" || view === "none" ? view : "full";
  }

  set view(view) {
    reflect(this, "view", view);
  }

  /** @type {"on" | "off"} */
  get heat() {
    return this.getAttribute("heat") === "on" ? "on" : "off";
  }

  set heat(heat) {
    reflect(this, "heat", heat);
  }

  /** @type {string} */
  get tools() {
    return this.getAttribute("tools") ?? "";
  }

  set tools(tools) {
    reflect(this, "tools", tools);
  }

  /** @type {string} */
  get exports() {
    return this.getAttribute("exports") ?? "";
  }

  set exports(exports) {
    reflect(this, "exports", exports);
  }

  /** @type {boolean} */
  get pick() {
    return this.hasAttribute("pick");
  }

  set pick(pick) {
    this.toggleAttribute("pick", pick);
  }

  /** @type {boolean} */
  get readFirst() {
    return this.hasAttribute("read-first");
  }

  set readFirst(first) {
    this.toggleAttribute("read-first", first);
  }

  /** @type {"lazy" | "eager" | "manual"} */
  get loading() {
    const loading = this.getAttribute("loading");
    return loading === "eager" || loading === "manual" ? loading : "lazy";
  }

  set loading(loading) {
    reflect(this, "loading", loading);
  }

  /** Properties that were set before the element was known are set anew. */
  upgrade() {
    const self = /** @type {any} */ (this);
    for (const name of ["site", "film", "ownModel", "readFirst", ...NAMES]) {
      if (name === "lang" || !Object.hasOwn(this, name)) continue;
      const value = self[name];
      delete self[name];
      self[name] = value;
    }
  }
}
