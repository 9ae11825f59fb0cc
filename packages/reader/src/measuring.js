// The lines of a measurement over the film, with a handle for each point, and a magnifier under a finger. What was measured is said by
// crates/presenter.

import { html, interpolated, svg } from "./dom.js";

/** @typedef {import("./view.js").Pair} Pair */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {"length" | "angle" | "cardiothoracic-ratio"} Measured */
/** @typedef {{ measured: Measured, points: Pair[], placed: boolean[] }} Measurement places are shares of the film's width and height */

/** @type {Record<Measured, Pair[]>} */
const LINES = { length: [[0, 1]], angle: [[0, 1], [1, 2]], "cardiothoracic-ratio": [[0, 1], [2, 3]] };
/** @type {Record<string, Pair>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1], Enter: [0, 0] };
/** How far an arrow key moves a point, in CSS pixels, and how far with Shift held. */
const STEP = 2;
const LARGE_STEP = 20;
/** The magnifier's side in CSS pixels, and how much larger than on the stage the film is in it. */
const SIDE = 128;
const LARGER = 2.5;

export class Measuring {
  root = svg("svg", { class: "measure" });
  loupe = html("canvas", { class: "loupe", "aria-hidden": "true", hidden: true });
  /** @type {Measurement | null} */
  #now = null;
  /** The point that a tap on the film moves there: the last that was touched. */
  #chosen = 0;
  /** @type {View} */
  #view;
  /** @type {HTMLCanvasElement} */
  #film;
  /** @type {() => void} */
  #changed;
  /** @type {(event: MouseEvent) => Pair} */
  #place;
  /** @type {Words | null} */
  #words = null;

  /** @param {View} view @param {HTMLCanvasElement} film @param {(event: MouseEvent) => Pair} place on the stage @param {() => void} changed */
  constructor(view, film, place, changed) {
    this.#view = view;
    this.#film = film;
    this.#place = place;
    this.#changed = changed;
    Object.assign(this.loupe, { width: 2 * SIDE, height: 2 * SIDE });
  }

  /** @type {Measurement | null} */
  get now() {
    return this.#now;
  }

  /** @param {Measurement | null} measurement @param {Words} words */
  begin(measurement, words) {
    this.#now = measurement;
    this.#words = words;
    this.#chosen = 0;
    this.draw();
  }

  /** The film was tapped there on the stage. @param {Pair} at */
  tap(at) {
    this.#put(this.#chosen, this.#view.toFilm(at));
  }

  draw() {
    const { stage } = this.#view;
    const now = this.#now;
    this.root.toggleAttribute("hidden", !now);
    this.root.setAttribute("viewBox", `${-stage[0] / 2} ${-stage[1] / 2} ${stage[0]} ${stage[1]}`);
    if (!now) {
      this.loupe.hidden = true;
      return this.root.replaceChildren();
    }
    const points = now.points.map((point) => this.#view.toStage(point).map((at) => at.toFixed(1)));
    const handles = this.root.querySelectorAll("g");
    const lines = LINES[now.measured];
    // The handle that is held stays the same element.
    if (handles.length !== points.length) {
      this.root.replaceChildren(...lines.map(() => svg("line", {})), ...points.map((_, nth) => this.#handle(nth)));
    }
    this.root.querySelectorAll("line").forEach((line, nth) => {
      const [[x1, y1], [x2, y2]] = lines[nth].map((point) => points[point]);
      for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, value);
    });
    this.root.querySelectorAll("g").forEach((group, nth) => {
      const [cx, cy] = points[nth];
      for (const circle of group.children) {
        circle.setAttribute("cx", cx);
        circle.setAttribute("cy", cy);
      }
      const [across, down] = now.points[nth].map((share) => `${(share * 100).toFixed(1)}%`);
      const handle = group.children[1];
      handle.classList.toggle("placed", now.placed[nth]);
      handle.setAttribute("aria-valuenow", (now.points[nth][0] * 100).toFixed(1));
      handle.setAttribute("aria-valuetext", interpolated(/** @type {any} */ (this.#words).photograph.at, { across, down }));
    });
  }

  /** @param {number} nth */
  #handle(nth) {
    const text = /** @type {any} */ (this.#words).viewer;
    const isRatio = this.#now?.measured === "cardiothoracic-ratio";
    const name = isRatio ? (nth < 2 ? text.heart_edge : text.chest_edge) : interpolated(text.point, { number: String(nth + 1) });
    const handle = svg("circle", { class: "handle", r: "22", tabindex: "0", role: "slider", "aria-label": name, "aria-valuemin": "0", "aria-valuemax": "100" });
    let held = false;
    const here = () => this.#now?.points[nth] ?? /** @type {Pair} */ ([0, 0]);
    handle.addEventListener("pointerdown", (/** @type {any} */ event) => {
      event.stopPropagation();
      handle.setPointerCapture(event.pointerId);
      held = true;
      this.#chosen = nth;
      this.#put(nth, here());
      if (event.pointerType === "touch") this.#magnify(nth);
    });
    handle.addEventListener("pointermove", (/** @type {any} */ event) => {
      if (!held) return;
      this.#put(nth, this.#view.toFilm(this.#place(event)));
      if (event.pointerType === "touch") this.#magnify(nth);
    });
    for (const end of ["pointerup", "pointercancel"])
      handle.addEventListener(end, () => {
        held = false;
        this.loupe.hidden = true;
      });
    handle.addEventListener("focus", () => (this.#chosen = nth));
    handle.addEventListener("keydown", (/** @type {any} */ event) => {
      const arrow = ARROWS[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? LARGE_STEP : STEP;
      const [x, y] = this.#view.toStage(here());
      this.#put(nth, this.#view.toFilm([x + arrow[0] * step, y + arrow[1] * step]));
    });
    return svg("g", {}, svg("circle", { class: "dot", r: "4" }), handle);
  }

  /** Puts a point there, within the film. The ends of a width stay level. @param {number} nth @param {Pair} place */
  #put(nth, place) {
    const now = this.#now;
    if (!now) return;
    const [x, y] = place.map((share) => Math.min(Math.max(share, 0), 1));
    now.points[nth] = [x, y];
    now.placed[nth] = true;
    if (now.measured === "cardiothoracic-ratio") now.points[nth ^ 1][1] = y;
    this.draw();
    this.#changed();
  }

  /** What lies under the finger, larger, in the corner that is further from it. @param {number} nth */
  #magnify(nth) {
    const [x, y] = this.#now?.points[nth] ?? [0, 0];
    const [left, top] = this.#view.toStage([x, y]);
    this.loupe.hidden = false;
    this.loupe.classList.toggle("right", left < 0);
    this.loupe.classList.toggle("low", top < 0);
    const context = this.loupe.getContext("2d");
    const { width, height } = this.#film;
    const scale = (2 * LARGER * this.#view.scale() * this.#view.film[0]) / width;
    context?.resetTransform();
    context?.clearRect(0, 0, 2 * SIDE, 2 * SIDE);
    context?.translate(SIDE, SIDE);
    context?.rotate((this.#view.turns * Math.PI) / 2);
    context?.scale(scale, scale);
    context?.drawImage(this.#film, -x * width, -y * height);
  }
}
