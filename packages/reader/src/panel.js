// What the element shows: its parts, in their order. What each says is in result.js, own.js and taking.js.

import { languageOf } from "./attributes.js";
import { html } from "./dom.js";
import { Own } from "./own.js";
import { Pick } from "./pick.js";
import { about, announced, answer, broken, evidence, facts } from "./result.js";
import { Stage, heatOf } from "./stage.js";
import { offers } from "./taking.js";

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{ json: string, reading: import("./types.js").Reading, other: string | null, header: string | null, grey: Uint8Array | null, size: [number, number] | null, source: import("./own.js").Source, number: number }} Read
 * what became of a film: its reading, its picture's bytes and size, where its own bytes are, and its number among all that were read */
/** @typedef {Record<string, unknown> & { reading: string }} Said what an answer is said with */
/**
 * The element, as its panel knows it.
 *
 * @typedef {object} Host
 * @property {import("./element.js").LungfieldReader} element
 * @property {() => import("./engine.js").Engine} engine
 * @property {() => Read | null} read
 * @property {() => void} redraw
 * @property {(file: File) => void} take the user has chosen a file
 * @property {(seen: import("./types.js").Seen | null) => void} saw the user has said what she sees
 * @property {(name: string, detail: object) => void} tell
 */

/** The longer side of the painted heatmap in pixels: the browser enlarges it smoothly. */
export const HEAT_SIDE = 384;
/** A swatch in pixels. */
const SWATCH = { width: 24, height: 16 };

export class Panel {
  root = html("div", { class: "panel", part: "panel" });
  /** @type {import("./result.js").Heat} */
  heat = { shown: false, against: false, lungs: false };
  /** @type {Own} */
  own;
  #said = html("section", { class: "said", tabindex: "-1" });
  #about = html("section", { class: "about" });
  #status = html("p", { class: "unseen", role: "status" });
  #busy = html("div", { class: "busy" });
  #evidence = html("div", { class: "evidence" });
  #taking = html("div", { class: "taking" });
  #facts = html("div", {});
  /** How the strong places of each class look. @type {Map<string, HTMLElement>} */
  #swatches = new Map();
  #placeholder = html("slot", { name: "placeholder" });
  /** @type {Stage} */
  #stage;
  /** @type {Pick} */
  #pick;
  /** @type {Host} */
  #host;
  /** @type {Words | null} */
  #words = null;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    this.own = new Own(host.tell, host.redraw);
    this.#pick = new Pick(host.take);
    this.#stage = new Stage({
      detail: async (part, most) => {
        const { source, number = 0 } = host.read() ?? {};
        return (await this.#asked("look", { ...source, id: number, part, most }))?.detail ?? null;
      },
      measured: (measurement) => this.#asked("measured", { measurement, ...this.#looked() }),
      presets: async (shown) => (await this.#asked("presets", { shown, ...this.#looked() }))?.presets ?? [],
    });
    const side = html(
      "div",
      { class: "side" },
      this.#placeholder,
      this.#pick.root,
      this.#busy,
      this.#said,
      this.#evidence,
      this.#about,
      this.own.root,
      this.#taking,
      html("slot", { name: "actions" }),
      this.#facts,
      this.#status,
      html("slot", { name: "footer" }),
    );
    this.root.append(this.#stage.root, side);
    this.#stage.show(null);
    this.#pick.allowDrops(this.root);
  }

  /** Shows a film's picture, as it was at first, and nothing of what was said of the one before. @param {import("./tone.js").Grey | null} picture @param {[number, number]} [size] the film's own */
  show(picture, size) {
    if (!picture) {
      this.own.forget();
      for (const part of [this.#said, this.#about, this.#evidence, this.#taking]) part.replaceChildren();
    }
    this.#stage.show(picture, size);
  }

  /** So much of the engine has come. @param {{ received: number, total: number }} progress */
  progress({ received, total }) {
    const label = this.#words?.engine.starting ?? "Lungfield";
    this.#busy.replaceChildren(html("progress", { max: String(total), value: String(received), "aria-label": label }));
  }

  /** Before the words are known: what is there at once. */
  begin() {
    const { element } = this.#host;
    this.root.hidden = element.view === "none";
    if (element.state !== "loading") this.#busy.replaceChildren();
  }

  /** Says that nothing can be read. @param {string} kind @param {string} message */
  broken(kind, message) {
    this.#said.replaceChildren(broken(kind, message, this.#words));
  }

  /**
   * Draws everything anew: in the language, for the prevalence, as much as is to be shown.
   *
   * @param {View | null} view
   * @param {Words} words
   * @param {string} tag of their language
   * @param {Said | null} said
   * @param {() => boolean} isLatest no later drawing has begun
   */
  async draw(view, words, tag, said, isLatest) {
    const { element, engine, saw } = this.#host;
    const read = this.#host.read();
    const { view: shown, state } = element;
    this.#words = words;
    this.root.lang = tag;
    this.#placeholder.hidden = Boolean(view) || state === "reading";
    this.#pick.say(element.pick ? (view ? words.add.next : words.add.choose) : null);
    this.#stage.root.hidden = !read?.size || shown === "result";
    this.#said.setAttribute("aria-label", words.result.title);
    this.#about.setAttribute("aria-label", words.result.about);
    if (state === "reading") this.#busy.replaceChildren(html("p", {}, words.films.reading));
    if (state !== "broken") this.#said.replaceChildren(...(view ? [answer(view, words, () => element.reveal(), saw)] : []));
    this.#about.replaceChildren(...(view && shown !== "compact" ? about(view, words) : []));
    this.#taking.replaceChildren(...(view && view.sign !== "later" ? offers(element, words) : []));
    await this.own.draw(engine(), read?.source ?? null, shown === "result" ? null : said, words);
    if (!isLatest()) return;
    const painted = await this.#painted(view, words);
    if (!isLatest()) return;
    this.#stage.overlay(painted);
    this.#stage.say(words, element.reading?.file ?? "", new Set(shown === "full" ? element.tools.split(/\s+/).filter(Boolean) : []));
    if (element.model) this.#facts.replaceChildren(...facts(element.model, words));
  }

  /** What is laid over the film: the places of a hospital's own model, or of Lungfield's. @param {View | null} view @param {Words} words */
  async #painted(view, words) {
    const { element, engine, redraw } = this.#host;
    const read = this.#host.read();
    const own = this.own.map;
    const isShown = Boolean(view?.heat.length) && element.view !== "result";
    if (own || !view || !isShown) this.#evidence.replaceChildren();
    this.#stage.outline(isShown && this.heat.lungs ? (read?.reading.lungs ?? null) : null);
    if (!read?.size) return [];
    const scale = HEAT_SIDE / Math.max(...read.size);
    const [width, height] = read.size.map((side) => Math.max(1, Math.round(scale * side)));
    if (own) return [await Own.painted(engine(), own, width, height)];
    if (!view || !isShown) return [];
    const { shown, against } = this.heat;
    for (const { class: of, is_drawn } of view.heat) if (is_drawn && !this.#swatches.has(of)) this.#swatches.set(of, swatchOf(await engine().ask("swatch", { of, ...SWATCH })));
    evidence(
      this.#evidence,
      view.heat,
      words,
      this.heat,
      (heat) => {
        this.heat = heat;
        redraw();
      },
      this.#swatches,
    );
    const drawn = view.heat.filter((one) => shown && one.is_drawn && (against || one.class === "pneumonia"));
    const painted = await Promise.all(drawn.map((one) => heatOf(engine(), read, one.class, width)));
    return painted.filter((one) => one !== null);
  }

  /** The keyboard goes to the answer: what was pressed goes when it comes. */
  focus() {
    this.#said.focus();
  }

  /** Says the answer to who does not see it. @param {View | null} view */
  announce(view) {
    if (view && this.#words) this.#status.textContent = announced(view, this.#words, this.#host.element.reading?.file ?? "");
  }

  /** Asks about the film that is looked at; what its worker cannot say is left out. @param {string} ask @param {Record<string, unknown>} given */
  #asked(ask, given) {
    const { element, engine } = this.#host;
    return engine()
      .ask(ask, { ...given, lang: languageOf(element) })
      .catch(() => null);
  }

  /** What is known of the film that is looked at. */
  #looked() {
    const { reading, header = null } = this.#host.read() ?? {};
    const gate = /** @type {{ presentation: { inverted: boolean } } | null | undefined} */ (reading?.gate);
    return { header, lungs: reading?.lungs ?? null, inverted: gate?.presentation.inverted ?? false };
  }
}

/** @param {import("./stage.js").Painted} painted */
function swatchOf({ width, height, rgba }) {
  const canvas = Object.assign(html("canvas", { class: "swatch", "aria-hidden": "true" }), { width, height });
  canvas.getContext("2d")?.putImageData(new ImageData(/** @type {any} */ (rgba), width), 0, 0);
  return canvas;
}
