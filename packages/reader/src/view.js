// How a film is looked at, and nothing of the film itself: a reading is the same whatever the view. It is the page's own view
// (src/ui/state/view.rs) in the portal's document, where no WebAssembly may run; a test holds both to the same places.
//
// Places on the stage are CSS pixels from its middle, to the right and down; places on the film are shares of its width and height.

/** @typedef {[number, number]} Pair */
/** @typedef {{ left: number, top: number, right: number, bottom: number }} Part a part of the film */
/** @typedef {{ centre: number, width: number }} Window what of a film's values is shown between black and white, as shares of their range */

/** The most that a film is enlarged: so many pixels of the screen for one of its own. */
const MOST_ENLARGED = 8;
/** A film's detail is sent for so many pixels at most, and so much beyond the stage, as a share of what is seen. */
const MOST_DETAIL = 1.5e6;
const BEYOND = 0.1;
/** The narrowest window, and the furthest from what is shown at first. */
const NARROWEST = 0.02;
const FURTHEST = 8;

/** What is shown at first: all of it. @type {Window} */
export const WHOLE = { centre: 0.5, width: 1 };

const within = (/** @type {number} */ value, /** @type {number} */ least, /** @type {number} */ most) => Math.min(Math.max(value, least), most);

/** Turned about the middle by quarters clockwise. @param {Pair} place @param {number} quarters @returns {Pair} */
function turned([x, y], quarters) {
  const turns = /** @type {Pair[]} */ ([[x, y], [-y, x], [-x, -y], [y, -x]]);
  return turns[quarters & 3];
}

export class View {
  /** Width and height of the film in its own pixels. @type {Pair} */
  film = [1, 1];
  /** Width and height of the stage in CSS pixels. @type {Pair} */
  stage = [1, 1];
  /** Pixels of the screen for a CSS pixel. */
  density = 1;
  /** How much larger the film is than where it just fits. */
  zoom = 1;
  /** Where the film's middle is on the stage. @type {Pair} */
  pan = [0, 0];
  /** Quarter turns clockwise, 0 to 3. */
  turns = 0;
  /** @type {Window} */
  window = WHOLE;
  inverted = false;

  /** As a film of this size is first seen. @param {Pair} film */
  show(film) {
    this.film = film;
    this.reset();
  }

  /** @param {Pair} stage @param {number} density */
  resize([width, height], density) {
    this.stage = [Math.max(width, 1), Math.max(height, 1)];
    this.density = density;
    this.move([0, 0]);
  }

  /** So much larger, the place on the stage staying where it is. @param {number} factor @param {Pair} [about] */
  enlarge(factor, about = [0, 0]) {
    this.#zoomTo(this.zoom * factor, about);
  }

  /** @param {Pair} by */
  move([x, y]) {
    this.pan = [this.pan[0] + x, this.pan[1] + y];
    const [width, height] = turned(this.film, this.turns).map((side) => Math.abs(side) * this.scale());
    const room = [width - this.stage[0], height - this.stage[1]].map((side) => Math.max(side / 2, 0));
    this.pan = [within(this.pan[0], -room[0], room[0]), within(this.pan[1], -room[1], room[1])];
  }

  fit() {
    this.zoom = 1;
    this.pan = [0, 0];
  }

  /** A pixel of the film for one of the screen. @param {Pair} [about] */
  ownPixels(about = [0, 0]) {
    this.#zoomTo(this.#own(), about);
  }

  /** Closer, and back. @param {Pair} about */
  fitOrCloser(about) {
    if (this.isEnlarged()) this.fit();
    // A film that is smaller than the stage is seen closer too.
    else this.#zoomTo(Math.max(this.#own(), 2), about);
  }

  /** @param {number} quarters */
  turn(quarters) {
    this.turns = (this.turns + quarters + 4) % 4;
    this.fit();
  }

  /** Moves the window up and widens it, by shares of its width. @param {Pair} by */
  changeWindow([centre, width]) {
    const now = this.window;
    this.window = {
      centre: within(now.centre + centre * now.width, -FURTHEST, FURTHEST),
      width: within(now.width * (1 + width), NARROWEST, 2 * FURTHEST),
    };
  }

  reset() {
    this.turns = 0;
    this.window = WHOLE;
    this.inverted = false;
    this.fit();
  }

  isEnlarged() {
    return this.zoom > 1.001;
  }

  /** CSS pixels for a pixel of the film. */
  scale() {
    return this.zoom * this.#fitting(this.turns);
  }

  /** How many pixels of the screen one of the film's has. */
  magnification() {
    return this.scale() * this.density;
  }

  /** How what is laid out as it fits the stage unturned is moved, turned and scaled, for CSS. */
  transform() {
    const [x, y] = this.pan.map((at) => at.toFixed(2));
    return `translate(${x}px, ${y}px) rotate(${this.turns * 90}deg) scale(${(this.scale() / this.#fitting(0)).toFixed(5)})`;
  }

  /** Where a place on the film lies on the stage. @param {Pair} place @returns {Pair} */
  toStage(place) {
    const scale = this.scale();
    const [x, y] = turned([(place[0] - 0.5) * this.film[0] * scale, (place[1] - 0.5) * this.film[1] * scale], this.turns);
    return [x + this.pan[0], y + this.pan[1]];
  }

  /** The place on the film that lies there on the stage. @param {Pair} place @returns {Pair} */
  toFilm(place) {
    const scale = this.scale();
    const [x, y] = turned([place[0] - this.pan[0], place[1] - this.pan[1]], 4 - this.turns);
    return [x / (scale * this.film[0]) + 0.5, y / (scale * this.film[1]) + 0.5];
  }

  /** What of the film is on the stage. @returns {Part} */
  seen() {
    const [width, height] = this.stage;
    const [a, b] = [this.toFilm([-width / 2, -height / 2]), this.toFilm([width / 2, height / 2])];
    const bound = (/** @type {(a: number, b: number) => number} */ choose, /** @type {0 | 1} */ axis) => within(choose(a[axis], b[axis]), 0, 1);
    return { left: bound(Math.min, 0), top: bound(Math.min, 1), right: bound(Math.max, 0), bottom: bound(Math.max, 1) };
  }

  /**
   * The part of the film that is to be had with more detail than a picture so wide shows of it, and how many pixels there is room for;
   * null where the picture is enough. Of a film whose window has been changed it never is: it has fewer greys.
   *
   * @param {number} width
   * @returns {{ part: Part, most: Pair } | null}
   */
  wantedDetail(width) {
    const magnification = Math.min(this.magnification(), 1);
    const finer = width < this.film[0] * magnification * 0.95;
    const deeper = this.window.centre !== WHOLE.centre || this.window.width !== WHOLE.width;
    if (!finer && !deeper) return null;
    const { left, top, right, bottom } = this.seen();
    const [across, down] = [BEYOND * (right - left), BEYOND * (bottom - top)];
    const part = { left: Math.max(left - across, 0), top: Math.max(top - down, 0), right: Math.min(right + across, 1), bottom: Math.min(bottom + down, 1) };
    const room = [(part.right - part.left) * this.film[0] * magnification, (part.bottom - part.top) * this.film[1] * magnification];
    const shrink = Math.min(Math.sqrt(MOST_DETAIL / (room[0] * room[1])), 1);
    const most = /** @type {Pair} */ (room.map((side) => Math.max(Math.ceil(side * shrink), 1)));
    return { part, most };
  }

  /** Where a part of the film lies on the stage before {@link View.transform}: left, top, width, height, in CSS pixels. @param {Part} part */
  laid({ left, top, right, bottom }) {
    const [width, height] = this.film.map((side) => side * this.#fitting(0));
    return {
      left: (this.stage[0] - width) / 2 + left * width,
      top: (this.stage[1] - height) / 2 + top * height,
      width: (right - left) * width,
      height: (bottom - top) * height,
    };
  }

  /** CSS pixels for a pixel of the film where it just fits, turned so. @param {number} turns */
  #fitting(turns) {
    const [width, height] = turns % 2 === 0 ? this.film : [this.film[1], this.film[0]];
    return Math.min(this.stage[0] / width, this.stage[1] / height);
  }

  /** The zoom at which a pixel of the film has one of the screen. */
  #own() {
    return 1 / (this.density * this.#fitting(this.turns));
  }

  /** @param {number} wanted @param {Pair} about */
  #zoomTo(wanted, about) {
    const own = this.#own();
    const zoom = within(wanted, Math.min(own, 1), Math.max(own * MOST_ENLARGED, 4));
    const factor = zoom / this.zoom;
    this.pan = [about[0] - (about[0] - this.pan[0]) * factor, about[1] - (about[1] - this.pan[1]) * factor];
    this.zoom = zoom;
    this.move([0, 0]);
  }
}

/** The same window over a range of which all that is shown usually is a part: its middle and its width, as shares. @param {Window} window @param {Pair | null} shown @returns {Window} */
export function over({ centre, width }, shown) {
  const [middle, apart] = shown ?? [0.5, 1];
  return { centre: middle + (centre - 0.5) * apart, width: width * apart };
}
