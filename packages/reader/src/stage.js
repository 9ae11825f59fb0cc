// The film on its stage, with the strongest evidence over it, and what it is looked at with, as on the page. A film is only looked at here:
// nothing of that changes what is said of it.

import { html, interpolated, svg } from "./dom.js";
import { Gesture } from "./gesture.js";
import { Measuring } from "./measuring.js";
import { Tone } from "./tone.js";
import { LARGER, STEP, TONE_STEP, Toolbar } from "./toolbar.js";
import { View, WHOLE, over } from "./view.js";

/** @typedef {import("./view.js").Pair} Pair */
/** @typedef {import("./view.js").Part} Part */
/** @typedef {import("./tone.js").Grey} Grey */
/** @typedef {import("./measuring.js").Measured} Measured */
/** @typedef {import("./measuring.js").Measurement} Measurement */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{ width: number, height: number, rgba: Uint8ClampedArray }} Painted */
/** @typedef {{ name: string, window: import("./view.js").Window }} Preset */
/** @typedef {{ part: Part, picture: Grey, shown: Pair | null }} Detail a part of the film with its own samples; where those show more of the
 * film's values than its picture, what that shows of them */
/**
 * What the worker is asked about the film that is looked at.
 *
 * @typedef {object} Asking
 * @property {(part: Part, most: Pair) => Promise<Detail | null>} detail
 * @property {(measurement: { measured: Measured, points?: Pair[], placed?: boolean[], seen: Part, film: Pair }) => Promise<{ measurement: Measurement, text: string } | null>} measured
 * @property {(shown: Pair | null) => Promise<Preset[]>} presets
 */
/** What one pointer does on the film. @typedef {"move" | "tone" | Measured} Tool */

/** What a step is with Shift held. */
const LARGE_STEP = 160;
const LARGE_TONE_STEP = 0.25;
/** A turn of the wheel by so many CSS pixels makes it larger by the base of the natural logarithm; a pointer that goes so many moves or widens
 * the window by its whole width. */
const WHEEL = 300;
const DRAG = 300;
/** So many milliseconds after the view has last changed, detail is asked for. */
const SETTLED_MS = 150;

export class Stage {
  /** What is put into the element. @type {HTMLElement} */
  root;
  view = new View();
  /** @type {Tool} */
  tool = "move";
  /** What the film shows of its values, where its detail shows more. @type {Pair | null} */
  shown = null;
  #film = html("canvas", { role: "img" });
  #close = html("canvas", { class: "detail", "aria-hidden": "true", hidden: true });
  #heat = html("canvas", { class: "heat", "aria-hidden": "true", hidden: true });
  #lungs = svg("svg", { class: "lungs", "aria-hidden": "true" });
  #sheet = html("div", { class: "sheet" }, this.#film, this.#close, this.#heat, this.#lungs);
  #frame = html("div", { class: "frame", part: "film" }, this.#sheet);
  #gesture = new Gesture();
  #tone = new Tone(this.#film);
  #closeTone = new Tone(this.#close);
  #measuring = new Measuring(this.view, this.#film, (event) => this.#from(event), () => void this.#measured());
  #toolbar = new Toolbar(this);
  /** @type {Asking} */
  #asking;
  /** @type {Grey | null} */
  #picture = null;
  /** @type {Detail | null} */
  #detail = null;
  #hasHeat = false;
  /** Which of them the host offers. @type {Set<string>} */
  #tools = new Set();
  /** @type {Words | null} */
  #words = null;
  /** It has all the room. */
  wide = false;
  /** Seen without what lies over it, while a key is held. */
  #alone = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settling;

  /** @param {Asking} asking */
  constructor(asking) {
    this.#asking = asking;
    this.#frame.append(this.#measuring.root, this.#measuring.loupe);
    this.root = html("div", { class: "stage" }, this.#frame, this.#toolbar.root);
    this.#listen();
    new ResizeObserver(() => {
      this.view.resize([this.#frame.clientWidth, this.#frame.clientHeight], devicePixelRatio);
      this.#place();
    }).observe(this.#frame);
  }

  /** Shows a film, as it was at first. @param {Grey | null} picture @param {Pair | null} [size] the film's own, in pixels */
  show(picture, size) {
    this.root.hidden = !picture;
    this.#picture = picture;
    this.#detail = this.shown = null;
    this.#closeTone.show(null, WHOLE, false);
    this.#take("move");
    this.overlay([]);
    this.outline(null);
    this.#tone.show(picture, WHOLE, false);
    if (picture) this.#frame.style.setProperty("aspect-ratio", `${picture.width} / ${picture.height}`);
    this.view.show(size ?? (picture ? [picture.width, picture.height] : [1, 1]));
    this.#place();
  }

  /** Lays painted heatmaps of one size over it, one above the other. @param {Painted[]} maps */
  overlay(maps) {
    const [first] = maps;
    Object.assign(this.#heat, first ? { width: first.width, height: first.height } : { width: 0, height: 0 });
    for (const { width, height, rgba } of maps) {
      const layer = Object.assign(document.createElement("canvas"), { width, height });
      layer.getContext("2d")?.putImageData(new ImageData(/** @type {any} */ (rgba), width), 0, 0);
      this.#heat.getContext("2d")?.drawImage(layer, 0, 0);
    }
    this.#hasHeat = maps.length > 0;
    this.#cover();
  }

  /** Draws the lungs' outline over it. @param {{ outline: Pair[][] } | null} lungs */
  outline(lungs) {
    const { width = 1, height = 1 } = this.#picture ?? {};
    this.#lungs.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const points = (/** @type {Pair[]} */ line) => line.map(([x, y]) => `${(x * width).toFixed(1)},${(y * height).toFixed(1)}`).join(" ");
    this.#lungs.replaceChildren(...(lungs?.outline ?? []).map((line) => svg("polyline", { points: points(line) })));
  }

  /** Says what is shown, and offers tools. @param {Words} words @param {string} name of the film @param {Set<string>} tools */
  say(words, name, tools) {
    this.#words = words;
    this.#tools = tools;
    this.#film.setAttribute("aria-label", interpolated(this.#hasHeat ? words.heat.film_with_heat : words.heat.film, { name }));
    for (const [attribute, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": words.viewer.stage })) {
      if (tools.has("zoom")) this.#frame.setAttribute(attribute, value);
      else this.#frame.removeAttribute(attribute);
    }
    this.#toolbar.say(words, tools);
  }

  /** Changes how the film is looked at. @param {(view: View) => void} how */
  change(how) {
    how(this.view);
    this.#place();
  }

  /** Gives it all the room, or what it had. */
  widen() {
    this.wide = !this.wide;
    this.root.classList.toggle("wide", this.wide);
    this.#toolbar.draw();
  }

  /** Takes a tool into the hand, or lays it down. @param {Tool} wanted */
  async take(wanted) {
    this.#take(this.tool === wanted ? "move" : wanted);
    const { tool } = this;
    if (tool === "tone") this.#toolbar.offer(await this.#asking.presets(this.shown));
    if (tool === "move" || tool === "tone" || !this.#words) return;
    const begun = await this.#asking.measured({ measured: tool, seen: this.view.seen(), film: this.view.film });
    if (!begun || this.tool !== tool) return;
    this.#measuring.begin(begun.measurement, this.#words);
    this.#toolbar.measured(begun.text);
  }

  /** @param {Tool} tool */
  #take(tool) {
    this.tool = tool;
    if (this.#words) this.#measuring.begin(null, this.#words);
    this.#toolbar.measured(null);
    this.#toolbar.draw();
  }

  async #measured() {
    const { now } = this.#measuring;
    if (!now) return;
    const { view } = this;
    const said = await this.#asking.measured({ ...structuredClone(now), seen: view.seen(), film: view.film });
    if (said && this.#measuring.now === now) this.#toolbar.measured(said.text);
  }

  #place() {
    const { view } = this;
    this.#sheet.style.transform = view.transform();
    this.#tone.change(view.window, view.inverted);
    this.#frame.classList.toggle("grabs", view.isEnlarged() || this.tool !== "move");
    this.#measuring.draw();
    this.#toolbar.draw();
    const wanted = this.#picture && this.#tools.size > 0 ? view.wantedDetail(this.#picture.width) : null;
    this.#drawDetail(wanted !== null);
    clearTimeout(this.#settling);
    if (wanted) this.#settling = setTimeout(() => void this.#look(wanted), SETTLED_MS);
  }

  /** @param {{ part: Part, most: Pair }} wanted */
  async #look({ part, most }) {
    const picture = this.#picture;
    const detail = await this.#asking.detail(part, most);
    if (!detail || picture !== this.#picture) return;
    this.#detail = detail;
    const { view } = this;
    this.#closeTone.show(detail.picture, over(view.window, detail.shown), view.inverted);
    if (this.shown?.join() !== detail.shown?.join()) {
      this.shown = detail.shown;
      if (this.tool === "tone") this.#toolbar.offer(await this.#asking.presets(this.shown));
    }
    this.#drawDetail(view.wantedDetail(picture?.width ?? 0) !== null);
  }

  /** @param {boolean} isWanted */
  #drawDetail(isWanted) {
    const detail = this.#detail;
    this.#close.hidden = !detail || !isWanted;
    if (!detail) return;
    for (const [side, length] of Object.entries(this.view.laid(detail.part))) this.#close.style.setProperty(side, `${length.toFixed(3)}px`);
    this.#closeTone.change(over(this.view.window, detail.shown), this.view.inverted);
  }

  /** Held, the film is seen alone. */
  #cover() {
    const isAlone = this.#alone || this.#gesture.isHeld;
    this.#heat.hidden = !this.#hasHeat || isAlone;
    this.#lungs.toggleAttribute("hidden", isAlone);
  }

  /** A place of the pointer from the frame's middle. @param {MouseEvent} event @returns {Pair} */
  #from(event) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    return [event.clientX - left - width / 2, event.clientY - top - height / 2];
  }

  #listen() {
    const frame = this.#frame;
    const canZoom = () => this.#tools.has("zoom");
    frame.addEventListener(
      "wheel",
      (event) => {
        // A page that is scrolled is not held up: the film is enlarged where it has been taken hold of, or with the key for it.
        if (!canZoom() || !(event.ctrlKey || frame.matches(":focus"))) return;
        event.preventDefault();
        // Lines and pages, as some mice count, are about so many pixels.
        const pixels = event.deltaY * [1, 33, 300][event.deltaMode];
        this.change((view) => view.enlarge(Math.exp(-pixels / WHEEL), this.#from(event)));
      },
      { passive: false },
    );
    frame.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse" && event.button !== 0) return;
      if (canZoom()) frame.setPointerCapture(event.pointerId);
      this.#gesture.down(event.pointerId, this.#from(event));
      this.#cover();
    });
    frame.addEventListener("pointermove", (event) => {
      const drag = this.#gesture.moved(event.pointerId, this.#from(event));
      this.#cover();
      if (!drag) return;
      if ("one" in drag && this.tool === "tone") this.change((view) => view.changeWindow([drag.one[1] / DRAG, drag.one[0] / DRAG]));
      else if (!canZoom()) return;
      else if ("one" in drag) this.change((view) => view.move(drag.one));
      else
        this.change((view) => {
          view.enlarge(drag.factor, drag.about);
          view.move(drag.by);
        });
    });
    frame.addEventListener("pointerup", (event) => {
      const ended = this.#gesture.up(event.pointerId, this.#from(event), event.timeStamp);
      this.#cover();
      if (ended === "tap") this.#measuring.tap(this.#from(event));
      if (ended === "double-tap" && canZoom() && this.tool === "move") this.change((view) => view.fitOrCloser(this.#from(event)));
    });
    frame.addEventListener("pointercancel", (event) => {
      this.#gesture.cancel(event.pointerId);
      this.#cover();
    });
    frame.addEventListener("keydown", (event) => this.#pressed(event));
    for (const end of ["keyup", "blur"])
      frame.addEventListener(end, () => {
        this.#alone = false;
        this.#cover();
      });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const tools = this.#tools;
    const { view, tool } = this;
    const across = (/** @type {number} */ x, /** @type {number} */ y) => {
      if (tool === "tone") {
        const step = event.shiftKey ? LARGE_TONE_STEP : TONE_STEP;
        return () => view.changeWindow([y * step, x * step]);
      }
      const step = event.shiftKey ? LARGE_STEP : STEP;
      // An arrow that moves nothing is the page's, which it scrolls.
      return view.isEnlarged() ? () => view.move([-x * step, -y * step]) : null;
    };
    /** @type {Record<string, [tool: string, change: (() => void) | null]>} */
    const keys = {
      "+": ["zoom", () => view.enlarge(LARGER)],
      "-": ["zoom", () => view.enlarge(1 / LARGER)],
      "=": ["zoom", () => view.fit()],
      0: ["zoom", () => view.fit()],
      1: ["zoom", () => view.ownPixels()],
      i: ["invert", () => (view.inverted = !view.inverted)],
      r: ["rotate", () => view.turn(1)],
      l: ["rotate", () => view.turn(-1)],
      w: ["window", () => void this.take("tone")],
      m: ["measure", () => void this.take("length")],
      " ": ["zoom", () => view.reset()],
      ArrowLeft: ["zoom", across(-1, 0)],
      ArrowRight: ["zoom", across(1, 0)],
      ArrowUp: ["zoom", across(0, -1)],
      ArrowDown: ["zoom", across(0, 1)],
    };
    if (event.key === "o") {
      this.#alone = true;
      return this.#cover();
    }
    if (event.key === "Escape" && tool !== "move") void this.take(tool);
    const [offered, change] = keys[event.key] ?? [];
    if (!offered || !change || !tools.has(offered)) return;
    event.preventDefault();
    this.change(change);
  }
}

/**
 * The heatmap of a class, painted by the engine; null where there is none.
 *
 * @param {import("./engine.js").Engine} engine
 * @param {import("./panel.js").Read | null} read
 * @param {"pneumonia" | "normal"} of
 * @param {number} width in pixels
 * @returns {Promise<{ width: number, height: number, rgba: Uint8ClampedArray<ArrayBuffer> } | null>}
 */
export async function heatOf(engine, read, of, width) {
  if (!read?.size) return null;
  const { reading, size } = read;
  const { heatmap, lungs } = reading;
  const map = [heatmap, read.other && JSON.parse(read.other)].find((map) => map?.class === of);
  const height = Math.max(1, Math.round((width * size[1]) / size[0]));
  return map ? engine.ask("paint", { map, lungs, width, height }) : null;
}
