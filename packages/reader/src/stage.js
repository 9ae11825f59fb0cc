// The film on its stage, with the strongest evidence over it, and what it is looked at with. A film is only looked at here: nothing of
// that changes what is said of it.

import { html, interpolated } from "./dom.js";

/** @typedef {import("./words.js").Words} Words */
/** @typedef {{ width: number, height: number, rgba: Uint8ClampedArray }} Picture */
/** @typedef {{ zoom: number, x: number, y: number, turns: number, inverted: boolean, brightness: number, contrast: number }} View how a
 * film is looked at */
/** @typedef {"zoom" | "window" | "invert" | "rotate"} Tool */

/** The most that a film is enlarged beyond where it fits, and how much at once. */
const MOST = 8;
const STEP = 1.25;
/** So far a film is moved by a key, in CSS pixels. */
const KEY_MOVE = 40;

/** @type {View} */
const AT_FIRST = { zoom: 1, x: 0, y: 0, turns: 0, inverted: false, brightness: 1, contrast: 1 };

export class Stage {
  /** What is put into the element. @type {HTMLElement} */
  root;
  #film = html("canvas", { role: "img" });
  #heat = html("canvas", { class: "heat", "aria-hidden": "true", hidden: true });
  #sheet = html("div", { class: "sheet" }, this.#film, this.#heat);
  #frame = html("div", { class: "frame", part: "film" }, this.#sheet);
  #tools = html("div", { class: "tools", part: "toolbar", role: "toolbar" });
  #view = { ...AT_FIRST };
  /** The pointers that are down, by their numbers. @type {Map<number, { x: number, y: number }>} */
  #pointers = new Map();
  #canZoom = false;

  constructor() {
    this.root = html("div", { class: "stage" }, this.#frame, this.#tools);
    this.#listen();
  }

  /** Shows a film, as it was at first. @param {Picture | null} picture */
  show(picture) {
    this.root.hidden = !picture;
    this.#view = { ...AT_FIRST };
    this.overlay(null);
    paint(this.#film, picture);
    this.#place();
  }

  /** Lays a painted heatmap over it. @param {Picture | null} heat */
  overlay(heat) {
    paint(this.#heat, heat);
    this.#heat.hidden = !heat;
  }

  /** Says what is shown, and offers tools. @param {Words} words @param {string} name of the film @param {Set<string>} tools */
  say(words, name, tools) {
    const text = words.viewer;
    this.#film.setAttribute("aria-label", interpolated(this.#heat.hidden ? words.heat.film : words.heat.film_with_heat, { name }));
    this.#canZoom = tools.has("zoom");
    for (const [attribute, value] of Object.entries({ tabindex: "0", role: "group", "aria-label": text.stage })) {
      if (this.#canZoom) this.#frame.setAttribute(attribute, value);
      else this.#frame.removeAttribute(attribute);
    }
    /** @param {string} label @param {string} sign @param {() => void} press */
    const button = (label, sign, press) => html("button", { type: "button", part: "button", title: label, "aria-label": label, click: press }, sign);
    /** @param {string} label @param {"brightness" | "contrast"} what */
    const slider = (label, what) =>
      html("label", {}, html("span", {}, label), html("input", { type: "range", min: "0.4", max: "2.5", step: "0.05", value: String(this.#view[what]), input: (event) => this.#set({ [what]: Number(event.target.value) }) }));
    this.#tools.setAttribute("aria-label", text.tools);
    this.#tools.replaceChildren(
      ...(this.#canZoom ? [button(text.smaller, "−", () => this.#zoom(1 / STEP)), button(text.larger, "+", () => this.#zoom(STEP)), button(text.fit, "⤢", () => this.#set({ zoom: 1, x: 0, y: 0 }))] : []),
      ...(tools.has("rotate") ? [button(text.turn_left, "↺", () => this.#set({ turns: this.#view.turns - 1 })), button(text.turn_right, "↻", () => this.#set({ turns: this.#view.turns + 1 }))] : []),
      ...(tools.has("invert") ? [button(text.invert, "◐", () => this.#set({ inverted: !this.#view.inverted }))] : []),
      ...(tools.has("window") ? [slider(text.brightness, "brightness"), slider(text.contrast, "contrast")] : []),
      ...(tools.size > 0 ? [button(text.reset, "⟲", () => this.#reset())] : []),
    );
    this.#tools.hidden = tools.size === 0;
  }

  #place() {
    const { zoom, x, y, turns, inverted, brightness, contrast } = this.#view;
    this.#sheet.style.transform = `translate(${x}px, ${y}px) rotate(${turns * 90}deg) scale(${zoom})`;
    this.#film.style.filter = `invert(${inverted ? 1 : 0}) brightness(${brightness}) contrast(${contrast})`;
  }

  /** @param {Partial<View>} change */
  #set(change) {
    Object.assign(this.#view, change);
    this.#place();
  }

  #reset() {
    this.#view = { ...AT_FIRST };
    for (const slider of this.#tools.querySelectorAll("input")) slider.value = "1";
    this.#place();
  }

  /** Enlarges about a place, which stays where it is. @param {number} times @param {{ x: number, y: number }} [about] from the frame's middle */
  #zoom(times, about = { x: 0, y: 0 }) {
    const zoom = Math.min(Math.max(this.#view.zoom * times, 1), MOST);
    const by = zoom / this.#view.zoom;
    this.#move(zoom, about.x + (this.#view.x - about.x) * by, about.y + (this.#view.y - about.y) * by);
  }

  /** Some of the film stays in sight. @param {number} zoom @param {number} x @param {number} y */
  #move(zoom, x, y) {
    const { clientWidth, clientHeight } = this.#frame;
    const within = (/** @type {number} */ value, /** @type {number} */ side) => Math.min(Math.max(value, (-side * (zoom - 1)) / 2), (side * (zoom - 1)) / 2);
    this.#set({ zoom, x: within(x, clientWidth), y: within(y, clientHeight) });
  }

  /** A place of the pointer from the frame's middle. @param {MouseEvent} event */
  #from(event) {
    const { left, top, width, height } = this.#frame.getBoundingClientRect();
    return { x: event.clientX - left - width / 2, y: event.clientY - top - height / 2 };
  }

  #listen() {
    const frame = this.#frame;
    frame.addEventListener(
      "wheel",
      (event) => {
        // A page that is scrolled is not held up: the film is enlarged where it has been taken hold of, or with the key for it.
        if (!this.#canZoom || !(event.ctrlKey || frame.matches(":focus"))) return;
        event.preventDefault();
        this.#zoom(Math.exp(-event.deltaY / 300), this.#from(event));
      },
      { passive: false },
    );
    frame.addEventListener("pointerdown", (event) => {
      if (!this.#canZoom || (event.pointerType === "mouse" && event.button !== 0)) return;
      frame.setPointerCapture(event.pointerId);
      this.#pointers.set(event.pointerId, this.#from(event));
    });
    frame.addEventListener("pointermove", (event) => {
      const before = this.#pointers.get(event.pointerId);
      if (!before) return;
      const now = this.#from(event);
      const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1];
      this.#pointers.set(event.pointerId, now);
      if (other) {
        const apart = (/** @type {{ x: number, y: number }} */ point) => Math.hypot(point.x - other.x, point.y - other.y) || 1;
        this.#zoom(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      } else {
        this.#move(this.#view.zoom, this.#view.x + now.x - before.x, this.#view.y + now.y - before.y);
      }
    });
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, (event) => this.#pointers.delete(/** @type {PointerEvent} */ (event).pointerId));
    frame.addEventListener("keydown", (event) => {
      if (!this.#canZoom || event.ctrlKey || event.metaKey || event.altKey) return;
      const { zoom, x, y } = this.#view;
      /** @type {Record<string, () => void>} */
      const keys = {
        "+": () => this.#zoom(STEP),
        "=": () => this.#zoom(STEP),
        "-": () => this.#zoom(1 / STEP),
        0: () => this.#set({ zoom: 1, x: 0, y: 0 }),
        ArrowLeft: () => this.#move(zoom, x + KEY_MOVE, y),
        ArrowRight: () => this.#move(zoom, x - KEY_MOVE, y),
        ArrowUp: () => this.#move(zoom, x, y + KEY_MOVE),
        ArrowDown: () => this.#move(zoom, x, y - KEY_MOVE),
      };
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
  }
}

/** @param {HTMLCanvasElement} canvas @param {Picture | null} picture */
function paint(canvas, picture) {
  [canvas.width, canvas.height] = picture ? [picture.width, picture.height] : [0, 0];
  if (picture) canvas.getContext("2d")?.putImageData(new ImageData(/** @type {any} */ (picture.rgba), picture.width), 0, 0);
}

/**
 * The heatmap of a class, painted by the engine; null where there is none.
 *
 * @param {import("./engine.js").Engine} engine
 * @param {{ reading: import("./types.js").Reading, other: string | null } | null} read
 * @param {[number, number] | null} size of the film's picture
 * @param {"pneumonia" | "normal"} of
 * @param {number} width in pixels
 * @returns {Promise<{ width: number, height: number, rgba: Uint8ClampedArray<ArrayBuffer> } | null>}
 */
export async function heatOf(engine, read, size, of, width) {
  if (!read || !size) return null;
  const { heatmap, lungs } = read.reading;
  const map = [heatmap, read.other && JSON.parse(read.other)].find((map) => map?.class === of);
  const height = Math.max(1, Math.round((width * size[1]) / size[0]));
  return map ? engine.ask("paint", { map, lungs, width, height }) : null;
}
