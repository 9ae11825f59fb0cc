// A grey picture on a canvas, as bright and as rich in contrast as it is looked at.

import { WHOLE } from "./view.js";

/** @typedef {import("./view.js").Window} Window */
/** @typedef {{ width: number, height: number, samples: Uint8Array | Uint16Array }} Grey from black to white, row by row */

/** So many pixels are painted at once: other work has its turn in between. */
const STRIP_PIXELS = 256 * 1024;
/** So many are painted while the window moves, on a slow phone too; all of them once it has rested for so long, in milliseconds. */
const COARSE_PIXELS = 100_000;
const SETTLED_MS = 120;

/** The opaque pixel of each sample. @param {number} count of values @param {Window} window @param {boolean} inverted */
export function tableOf(count, { centre, width }, inverted) {
  const table = new Uint32Array(count);
  for (let value = 0; value < count; value += 1) {
    const grey = Math.round(Math.min(Math.max((value / (count - 1) - centre) / width + 0.5, 0), 1) * 255);
    table[value] = 0xff000000 | ((inverted ? 255 - grey : grey) * 0x10101);
  }
  return table;
}

/** The samples of every so many rows and columns. @param {Grey} picture @param {Uint32Array} table @param {number} first row @param {number} rows @param {number} every */
function pixelsOf({ width, samples }, table, first, rows, every) {
  const across = Math.ceil(width / every);
  const pixels = new Uint32Array(across * Math.ceil(rows / every));
  let at = 0;
  for (let y = first; y < first + rows; y += every) for (let x = 0; x < width; x += every) pixels[at++] = table[samples[y * width + x]];
  return new ImageData(new Uint8ClampedArray(pixels.buffer), across);
}

export class Tone {
  /** @type {HTMLCanvasElement} */
  #canvas;
  /** @type {Grey | null} */
  #picture = null;
  /** @type {Window} */
  #window = WHOLE;
  #inverted = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #next;
  #frame = 0;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** Paints a picture. @param {Grey | null} picture @param {Window} window @param {boolean} inverted */
  show(picture, window, inverted) {
    Object.assign(this.#canvas, picture ? { width: picture.width, height: picture.height } : { width: 0, height: 0 });
    this.#picture = picture;
    this.#window = window;
    this.#inverted = inverted;
    this.#strip(0);
  }

  /** Paints it in another tone: coarsely for the next frame, and wholly once that has rested. @param {Window} window @param {boolean} inverted */
  change(window, inverted) {
    if (!this.#picture || (window.centre === this.#window.centre && window.width === this.#window.width && inverted === this.#inverted)) return;
    this.#window = window;
    this.#inverted = inverted;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#coarse());
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.#strip(0), SETTLED_MS);
  }

  #table() {
    return tableOf(this.#picture?.samples instanceof Uint16Array ? 65_536 : 256, this.#window, this.#inverted);
  }

  #coarse() {
    const picture = this.#picture;
    if (!picture) return;
    const { width, height } = picture;
    let every = 1;
    while (Math.ceil(width / every) * Math.ceil(height / every) > COARSE_PIXELS) every += 1;
    const image = pixelsOf(picture, this.#table(), 0, height, every);
    const small = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    small.getContext("2d")?.putImageData(image, 0, 0);
    this.#canvas.getContext("2d")?.drawImage(small, 0, 0, image.width * every, image.height * every);
  }

  /** @param {number} first row @param {Uint32Array} [table] */
  #strip(first, table = this.#table()) {
    clearTimeout(this.#next);
    const picture = this.#picture;
    if (!picture || first >= picture.height) return;
    const rows = Math.min(Math.max(Math.floor(STRIP_PIXELS / picture.width), 1), picture.height - first);
    this.#canvas.getContext("2d")?.putImageData(pixelsOf(picture, table, first, rows, 1), 0, first);
    this.#next = setTimeout(() => this.#strip(first + rows, table));
  }
}
