// What pointers do on the film: one drags, two pinch, a tap, a double tap, and one that rests. As on the page (src/ui/state/gesture.rs).

/** @typedef {import("./view.js").Pair} Pair */
/** @typedef {{ one: Pair } | { factor: number, about: Pair, by: Pair }} Drag one pointer has moved by so much; or two are so many times as far
 * apart, about there, and have moved */

/** A finger or the mouse has gone further than this, in CSS pixels: it is no tap. */
const SLACK = 6;
/** Two taps within so many milliseconds, no further apart than so many CSS pixels, are a double one. */
const DOUBLE_TAP_MS = 350;
const DOUBLE_TAP_SLACK = 32;

const difference = (/** @type {Pair} */ a, /** @type {Pair} */ b) => /** @type {Pair} */ ([a[0] - b[0], a[1] - b[1]]);
const middle = (/** @type {Pair} */ a, /** @type {Pair} */ b) => /** @type {Pair} */ ([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
const distance = (/** @type {Pair} */ a, /** @type {Pair} */ b) => Math.hypot(...difference(a, b));

export class Gesture {
  /** @type {Map<number, { began: Pair, at: Pair }>} */
  #pointers = new Map();
  /** It has moved, or there were two: it is no tap any more. */
  #moved = false;
  #several = false;
  /** @type {{ time: number, at: Pair } | null} */
  #lastTap = null;

  /** Whether one pointer rests on the film. */
  get isHeld() {
    return this.#pointers.size === 1 && !this.#moved;
  }

  /** @param {number} id @param {Pair} at */
  down(id, at) {
    this.#pointers.delete(id);
    if (this.#pointers.size > 1) return;
    this.#moved = this.#several = this.#pointers.size === 1;
    this.#pointers.set(id, { began: at, at });
  }

  /** Each is compared with where it was itself, so that lifting one lets nothing jump. @param {number} id @param {Pair} at @returns {Drag | null} */
  moved(id, at) {
    const pointer = this.#pointers.get(id);
    if (!pointer) return null;
    // It begins where it was, once it is no tap.
    if (!this.#moved && distance(pointer.began, at) <= SLACK) return null;
    this.#moved = true;
    const before = pointer.at;
    pointer.at = at;
    const other = [...this.#pointers].find(([otherId]) => otherId !== id)?.[1].at;
    if (!other) return { one: difference(at, before) };
    const [was, is] = [middle(before, other), middle(at, other)];
    return { factor: Math.max(distance(at, other), 1) / Math.max(distance(before, other), 1), about: was, by: difference(is, was) };
  }

  /** What it was, once the last pointer is lifted. @param {number} id @param {Pair} at @param {number} time in milliseconds @returns {"tap" | "double-tap" | null} */
  up(id, at, time) {
    if (!this.#pointers.delete(id) || this.#pointers.size > 0 || this.#several) return null;
    const last = this.#lastTap;
    this.#lastTap = null;
    if (this.#moved) return null;
    if (last && time - last.time <= DOUBLE_TAP_MS && distance(last.at, at) <= DOUBLE_TAP_SLACK) return "double-tap";
    this.#lastTap = { time, at };
    return "tap";
  }

  /** The browser has taken a pointer for something else. @param {number} id */
  cancel(id) {
    this.#pointers.delete(id);
    this.#moved = true;
  }
}
