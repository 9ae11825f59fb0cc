// Read first: in the place of the answer, what does the user see?

import { html } from "./dom.js";
import { shape } from "./signs.js";

/** @typedef {import("./types.js").Seen} Seen */
/** @typedef {import("./types.js").View} View */
/** @typedef {import("./words.js").Words} Words */

const FINDINGS = /** @type {const} */ (["consolidation", "other_infiltrate", "effusion"]);
const GRADES = /** @type {const} */ (["adequate", "suboptimal", "uninterpretable"]);

/** What the worker is told. @param {boolean} readFirst @param {Seen | null | undefined} saw undefined before she has said it */
export const asked = (readFirst, saw) => (saw ? { said: saw } : readFirst && saw === undefined ? "asked" : "not-asked");

/** @param {string} type @param {string} name @param {string} value @param {...(Node | string)} said */
const choice = (type, name, value, ...said) => html("label", {}, html("input", { type, name, value }), html("span", {}, ...said));

/**
 * The findings to tick and the film's quality. Once something has been said the answer can be asked for.
 *
 * @param {View} view
 * @param {Words} words
 * @param {(seen: Seen | null) => void} saw what she saw; null where she wants the answer without saying
 */
export function first(view, words, saw) {
  const texts = words.first;
  const findings = FINDINGS.map((finding) => choice("checkbox", "finding", finding, texts[finding], html("small", {}, texts[`${finding}_is`])));
  const none = choice("checkbox", "none", "none", texts.none);
  const grades = GRADES.map((grade) => choice("radio", "quality", grade, words.quality.grades[grade]));
  const show = html("button", { type: "submit", part: "button", disabled: true }, texts.show);
  const seen = () => {
    const said = new FormData(form);
    const found = said.getAll("finding");
    const [consolidation, other_infiltrate, effusion] = FINDINGS.map((finding) => found.includes(finding));
    const quality = /** @type {Seen["quality"]} */ (said.get("quality"));
    return { says: found.length > 0 || said.has("none") || quality === "uninterpretable", seen: { quality, consolidation, other_infiltrate, effusion } };
  };
  const form = html(
    "form",
    {
      class: `card first ${view.sign}`,
      part: "answer",
      change: ({ target }) => {
        // "None of these" and one of them are not both so.
        if (target.checked && target.name === "none") for (const box of form.querySelectorAll("[name=finding]")) /** @type {HTMLInputElement} */ (box).checked = false;
        if (target.checked && target.name === "finding") /** @type {HTMLInputElement} */ (form.querySelector("[name=none]")).checked = false;
        show.disabled = !seen().says;
      },
      submit: (event) => {
        event.preventDefault();
        saw(seen().seen);
      },
    },
    html("fieldset", {}, html("legend", { class: "outcome", part: "outcome" }, shape(view.sign), html("span", {}, view.headline)), ...findings, none),
    html("fieldset", {}, html("legend", {}, words.quality.title), ...grades),
    html("p", { class: "buttons" }, show, html("button", { type: "button", part: "button", click: () => saw(null) }, texts.skip)),
  );
  /** @type {HTMLInputElement} */ (form.querySelector("[value=adequate]")).checked = true;
  return form;
}
