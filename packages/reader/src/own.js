// A model of the hospital's own, beside Lungfield's: opened and asked by a worker of its own. What is said of it and of what it says comes
// from crates/presenter, and nothing of it may be shown where that says so.

import { html } from "./dom.js";
import { Engine, LungfieldError } from "./engine.js";
import { shape } from "./signs.js";
import { save, stemOf } from "./taking.js";

/** @typedef {import("./types.js").OwnFacts} OwnFacts */
/** @typedef {import("./types.js").OwnReading} OwnReading */
/** @typedef {import("./types.js").OwnView} OwnView */
/** @typedef {import("./words.js").Words} Words */
/** @typedef {{ film: import("./types.js").Film | null, src: string | null, name: string, how: object }} Source where a film's bytes are */

export class Own {
  root = html("section", { class: "own", hidden: true });
  /** @type {Engine | null} */
  #engine = null;
  /** @type {Blob | string | null} */
  #archive = null;
  /** @type {string | null} */
  #folder = null;
  /** @type {(() => void) | null} */
  #leave = null;
  /** What is to be known of it, as JSON. @type {string | null} */
  #facts = null;
  /** Why it is not used. @type {LungfieldError | null} */
  #refused = null;
  /** The film that it was asked about last. @type {Source | null} */
  #asked = null;
  /** What it said of it. @type {string | null} */
  #reading = null;
  /** The class whose places are drawn, by its number. @type {number | null} */
  #shown = null;
  /** @type {(name: string, detail: object) => void} */
  #tell;
  /** @type {() => void} */
  #changed;

  /** @param {(name: string, detail: object) => void} tell the host @param {() => void} changed there is something else to draw */
  constructor(tell, changed) {
    this.#tell = tell;
    this.#changed = changed;
  }

  /** What it says of the film; `null` while there is nothing. @returns {OwnReading | null} */
  get reading() {
    return this.#reading && JSON.parse(this.#reading);
  }

  /** Opens the model in an archive, in the place of the one that is open. @param {string | null} folder of assets @param {Blob | string} archive */
  async open(folder, archive) {
    if (this.#engine && this.#archive === archive && this.#folder === folder) return;
    this.close();
    this.#archive = archive;
    this.#folder = folder;
    const engine = (this.#engine = Engine.at(folder, archive));
    this.#leave = engine.join(() => {});
    try {
      const facts = await engine.open();
      if (engine !== this.#engine) return;
      this.#facts = JSON.stringify(facts);
      this.#tell("own-model", { facts });
    } catch (error) {
      if (engine !== this.#engine) return;
      this.#end(error);
    }
    this.#changed();
  }

  /** Uses it no longer. */
  close() {
    this.#leave?.();
    this.#leave = this.#engine = this.#facts = this.#refused = null;
    this.forget();
  }

  /** Forgets the film. */
  forget() {
    this.#asked = this.#reading = this.#shown = null;
    this.root.hidden = true;
    this.root.replaceChildren();
  }

  /**
   * Draws what may be shown beside a reading, and asks about the film where nothing has been said of it.
   *
   * @param {Engine} engine Lungfield's
   * @param {Source | null} film
   * @param {Record<string, unknown> | null} said what Lungfield's answer is said with
   * @param {Words} words
   */
  async draw(engine, film, said, words) {
    const text = words.own;
    const opening = this.#engine && !this.#facts && !this.#refused;
    if (opening) return this.#show(html("p", { role: "status" }, text.opening));
    if (this.#refused) return this.#show(html("p", { role: "alert" }, ...refusal(this.#refused, words)));
    if (!this.#facts || !film || !said) return this.#show();
    /** @type {{ view: OwnView | null }} */
    const { view } = await engine.ask("say-own", { ...said, facts: this.#facts, own: this.#reading });
    if (!view) return this.#show();
    if (this.#asked !== film) this.#ask(film);
    const { title, model, about, without_heatmap, reading, no_answer, findings, warnings } = view;
    const focused = this.#focused();
    this.#show(
      html("h3", {}, title),
      html("p", { class: "quiet" }, model),
      reading && html("p", { role: "status" }, reading),
      no_answer && html("p", {}, no_answer),
      findings.length > 0 && html("ul", {}, ...findings.map((found, nth) => this.#finding(found, nth))),
      warnings.length > 0 && html("ul", {}, ...warnings.map((warning) => html("li", {}, warning))),
      html(
        "details",
        { open: Boolean(this.root.querySelector("details")?.open) },
        html("summary", {}, text.title),
        ...about.map((told) => html("p", {}, told)),
        without_heatmap && html("p", {}, `${without_heatmap.text} `, html("small", { lang: "en" }, without_heatmap.reason)),
      ),
      this.#reading && html("p", { class: "buttons" }, html("button", { type: "button", part: "button", click: () => this.#save() }, text.save)),
    );
    if (focused !== null) /** @type {HTMLElement | undefined} */ (this.root.querySelectorAll("button")[focused])?.focus();
  }

  /** The heatmap of the class that the user wants to see, to be painted. */
  get map() {
    return this.#shown === null ? null : (this.reading?.findings[this.#shown]?.heatmap ?? null);
  }

  /** The heatmap as it is laid over the film. @param {Engine} engine @param {object} map @param {number} width @param {number} height */
  static painted(engine, map, width, height) {
    return engine.ask("paint-own", { map: JSON.stringify(map), width, height });
  }

  /** @param {OwnView["findings"][number]} found @param {number} nth */
  #finding({ probability, outcome, place, evidence }, nth) {
    const on = this.#shown === nth;
    const press = () => {
      this.#shown = on ? null : nth;
      this.#changed();
    };
    return html(
      "li",
      {},
      html("strong", {}, probability.name),
      ` ${probability.text}`,
      outcome && html("span", { class: `verdict ${outcome[0]}` }, shape(outcome[0]), outcome[1]),
      place && html("button", { type: "button", role: "switch", part: "button", "aria-checked": String(on), click: press }, place),
      on && html("p", { role: "status" }, evidence),
    );
  }

  /** @param {Source} film */
  async #ask(film) {
    this.#asked = film;
    this.#reading = this.#shown = null;
    try {
      const { reading } = await /** @type {Engine} */ (this.#engine).ask("read-own", { ...film });
      if (this.#asked !== film) return;
      this.#reading = reading;
      this.#tell("own-reading", { reading: JSON.parse(reading) });
    } catch (error) {
      if (this.#asked !== film) return;
      this.#end(error);
    }
    this.#changed();
  }

  /** @param {unknown} error */
  #end(error) {
    // What stops a worker is no LungfieldError.
    const refused = error instanceof LungfieldError ? error : new LungfieldError("own-model-stopped", "The model took too long or too much memory.");
    this.#leave?.();
    this.#leave = null;
    this.#facts = null;
    this.#refused = refused;
    this.#tell("error", { kind: refused.kind, message: refused.message });
  }

  #save() {
    const { file, model } = /** @type {OwnReading} */ (this.reading);
    save(new Blob([`${this.#reading}\n`], { type: "application/json" }), `${stemOf(file)}-${model.name}.json`);
  }

  /** The number of the button that has the keyboard. */
  #focused() {
    const root = /** @type {ShadowRoot} */ (this.root.getRootNode());
    const nth = [...this.root.querySelectorAll("button")].findIndex((button) => button === root.activeElement);
    return nth < 0 ? null : nth;
  }

  /** @param {...import("./dom.js").Child} parts */
  #show(...parts) {
    this.root.hidden = parts.length === 0;
    this.root.replaceChildren(html("div", {}, ...parts));
  }
}

/** @param {LungfieldError} error @param {Words} words */
function refusal({ kind, message }, words) {
  if (kind === "own-model-stopped") return [words.own.stopped];
  return [kind === "own-model" ? `${words.own.refused} ` : `${words.own.absent} `, html("small", { lang: "en" }, message)];
}
