// Everything that can be done to the view of a film, by single presses.

import { html } from "./dom.js";

/** @typedef {import("./stage.js").Preset} Preset */
/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("./stage.js").Tool} Tool */
/** @typedef {import("./view.js").View} View */
/** @typedef {import("./words.js").Words} Words */

/** How much larger one step makes the film, and how far one moves it, in CSS pixels. */
export const LARGER = 1.25;
export const STEP = 40;
/** How far a step moves and widens the window, as a share of its width. */
export const TONE_STEP = 0.05;

export class Toolbar {
  root = html("div", { class: "tools", part: "toolbar", role: "toolbar" });
  #row = html("div", { class: "tool-row" });
  #tone = html("div", { class: "tool-row", hidden: true });
  #presets = html("div", { class: "tool-row" });
  #moves = html("div", { class: "tool-row", hidden: true });
  #magnification = html("output", {});
  #measured = html("output", { class: "measured" });
  /** The buttons that stay pressed, and when they are. @type {[HTMLElement, () => boolean][]} */
  #toggles = [];
  #stage;

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    this.root.append(this.#row, this.#tone, this.#presets, this.#moves, this.#measured);
    this.measured(null);
  }

  /** Offers tools in these words. @param {Words} words @param {Set<string>} tools */
  say(words, tools) {
    const text = words.viewer;
    const stage = this.#stage;
    // Drawn anew it would lose the keyboard's place.
    const said = [text.tools, ...tools].join();
    if (this.root.getAttribute("data-said") === said) return;
    this.root.setAttribute("data-said", said);
    this.root.hidden = tools.size === 0;
    this.root.setAttribute("aria-label", text.tools);
    this.#toggles = [];
    const { zoom, measure } = { zoom: tools.has("zoom"), measure: tools.has("measure") };
    const step = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {(view: View) => void} */ change) => button(label, sign, () => stage.change(change));
    const toggle = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {() => boolean} */ isOn, /** @type {() => void} */ press) => {
      const made = button(label, sign, press);
      this.#toggles.push([made, isOn]);
      return made;
    };
    const tool = (/** @type {string} */ label, /** @type {string} */ sign, /** @type {Tool} */ name) => toggle(label, sign, () => stage.tool === name, () => void stage.take(name));
    fill(this.#row, [
      zoom && step(text.smaller, "−", (view) => view.enlarge(1 / LARGER)),
      zoom && this.#magnification,
      zoom && step(text.larger, "+", (view) => view.enlarge(LARGER)),
      zoom && step(text.fit, "⤢", (view) => view.fit()),
      zoom && step(text.own_pixels, "1:1", (view) => view.ownPixels()),
      tools.has("rotate") && step(text.turn_left, "↺", (view) => view.turn(-1)),
      tools.has("rotate") && step(text.turn_right, "↻", (view) => view.turn(1)),
      tools.has("invert") && toggle(text.invert, "◐", () => stage.view.inverted, () => stage.change((view) => (view.inverted = !view.inverted))),
      tools.has("window") && tool(text.tone, "☀", "tone"),
      measure && tool(text.length, "⟷", "length"),
      measure && tool(text.angle, "∠", "angle"),
      measure && tool(text.ratio, "♡", "cardiothoracic-ratio"),
      step(text.reset, "⟲", (view) => view.reset()),
      zoom && toggle(text.wide, "⛶", () => stage.wide, () => stage.widen()),
    ]);
    fill(this.#tone, [
      step(text.darker, "−", (view) => view.changeWindow([TONE_STEP, 0])),
      html("span", { "aria-hidden": "true" }, text.brightness),
      step(text.brighter, "+", (view) => view.changeWindow([-TONE_STEP, 0])),
      step(text.softer, "−", (view) => view.changeWindow([0, 2 * TONE_STEP])),
      html("span", { "aria-hidden": "true" }, text.contrast),
      step(text.harder, "+", (view) => view.changeWindow([0, -2 * TONE_STEP])),
    ]);
    fill(this.#moves, [
      step(text.move_left, "←", (view) => view.move([STEP, 0])),
      step(text.move_up, "↑", (view) => view.move([0, STEP])),
      step(text.move_down, "↓", (view) => view.move([0, -STEP])),
      step(text.move_right, "→", (view) => view.move([-STEP, 0])),
    ]);
    this.draw();
  }

  /** Offers windows by name. @param {Preset[]} presets */
  offer(presets) {
    const stage = this.#stage;
    this.#toggles = this.#toggles.filter(([button]) => !this.#presets.contains(button));
    fill(
      this.#presets,
      presets.map(({ name, window }) => {
        const made = button(name, name, () => stage.change((view) => (view.window = window)));
        this.#toggles.push([made, () => stage.view.window.centre === window.centre && stage.view.window.width === window.width]);
        return made;
      }),
    );
    this.draw();
  }

  /** Says what was measured; `null` while nothing is. @param {string | null} text */
  measured(text) {
    this.#measured.hidden = text === null;
    this.#measured.textContent = text;
  }

  draw() {
    const { view, tool } = this.#stage;
    this.#magnification.textContent = `${Math.round(view.magnification() * 100)}%`;
    this.#tone.hidden = this.#presets.hidden = tool !== "tone";
    this.#moves.hidden = !view.isEnlarged();
    for (const [button, isOn] of this.#toggles) button.setAttribute("aria-pressed", String(isOn()));
  }
}

/** @param {string} label @param {string} sign @param {() => void} press */
const button = (label, sign, press) => html("button", { type: "button", part: "button", title: label, "aria-label": label, click: press }, sign);

/** @param {HTMLElement} place @param {(Node | false)[]} children */
const fill = (place, children) => place.replaceChildren(...children.filter((child) => child !== false));
