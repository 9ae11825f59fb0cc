// Draws what is said of a film, `lungfield.view/1`, and nothing beside it: which words, which numbers and where on the scale is decided in
// crates/presenter.

import { html, interpolated, svg } from "./dom.js";
import { first } from "./first.js";
import { shape } from "./signs.js";

/** @typedef {import("./types.js").View} View */
/** @typedef {import("./words.js").Words} Words */

/** @param {number} value from 0 to 1 */
const share = (value) => `${(value * 100).toFixed(2)}%`;

/** The scale of probability. @param {NonNullable<View["probability"]>} scale */
function scaleOf(scale) {
  const point = share(scale.operating_point);
  const zones = scale.zones.map((zone) => svg("rect", { class: `zone ${zone.sign}`, x: share(zone.from), y: "8", width: share(zone.to - zone.from), height: "12" }));
  const names = scale.zones.map((zone) =>
    html("li", { class: zone.sign + (zone.is_here ? " here" : ""), "aria-current": zone.is_here && "true" }, shape(zone.sign), html("span", {}, zone.name), html("small", {}, zone.range)),
  );
  return html(
    "div",
    { class: "zones", part: "scale" },
    svg(
      "svg",
      { width: "100%", height: "28", role: "img", "aria-label": scale.description },
      ...zones,
      svg("line", { class: "point", x1: point, x2: point, y1: "3", y2: "25" }),
      svg("circle", { class: "marker", cx: share(scale.probability.value), cy: "14", r: "8" }),
    ),
    html("ul", {}, ...names),
  );
}

/** A sentence, and what was measured for it. @param {string} text @param {string | null} measured */
const sentence = (text, measured) => html("p", {}, text, measured && " ", measured && html("small", {}, measured));

/** @param {NonNullable<View["quality"]>} quality */
const qualityOf = (quality) =>
  html(
    "div",
    { class: quality.is_adequate ? "quality" : "quality flawed", part: "quality" },
    html("p", {}, html("strong", {}, `${quality.title}: ${quality.grade}`)),
    quality.flaws.length > 0 && html("ul", {}, ...quality.flaws.map((flaw) => html("li", {}, `${flaw.text} `, html("small", {}, flaw.measured)))),
  );

/**
 * The answer and how sure it is: what is seen first.
 *
 * @param {View} view
 * @param {Words} words
 * @param {() => void} reveal the user wants to see a withheld answer all the same
 * @param {(seen: import("./types.js").Seen | null) => void} saw what she saw before the answer is shown
 */
export function answer(view, words, reveal, saw) {
  if (view.sign === "later") return first(view, words, saw);
  const { probability, quality } = view;
  const isAnswer = view.sign !== "withheld" && view.sign !== "no-answer";
  return html(
    "div",
    { class: `card ${view.caveat ? "outside" : view.sign}`, part: "answer" },
    view.caveat && html("p", { class: "caveat", part: "warning" }, shape("withheld"), html("span", {}, view.caveat)),
    html("h2", { class: "outcome", part: "outcome" }, shape(view.sign), html("span", {}, view.headline)),
    view.no_number && html("p", { class: "no-number" }, view.no_number),
    probability && html("p", { class: "probability", part: "probability" }, html("span", {}, probability.probability.name), html("strong", {}, probability.probability.text)),
    probability && scaleOf(probability),
    ...(isAnswer ? [] : view.said.map((said) => sentence(said.text, said.measured))),
    ...(view.sign === "no-answer" ? view.warnings.map((warning) => html("p", {}, warning)) : []),
    view.to_do && html("p", { class: "do" }, view.to_do),
    view.sign === "withheld" && quality?.withholds && qualityOf(quality),
    view.sign === "withheld" && html("p", { class: "buttons" }, html("button", { type: "button", part: "button", click: reveal }, words.withheld.show)),
    view.detail && html("details", {}, html("summary", {}, words.failure.detail), html("p", {}, view.detail)),
  );
}

/** What the answer means and what to keep in mind with it. @param {View} view @param {Words} words */
export function about(view, words) {
  if (["later", "withheld", "no-answer"].includes(view.sign)) return [];
  const { quality, restated } = view;
  const numbers = restated ? [restated.probability, restated.positive, restated.negative] : [];
  return [
    ...view.said.map((said) => sentence(said.text, view.caveat ? said.measured : null)),
    view.seen_first && html("p", {}, view.seen_first),
    view.warnings.length > 0 &&
      html("div", { class: "warnings", part: "warning" }, html("h3", {}, words.result.warnings), html("ul", {}, ...view.warnings.map((warning) => html("li", {}, warning)))),
    quality && (quality.is_adequate ? html("details", {}, html("summary", {}, words.result.good_enough), qualityOf(quality)) : qualityOf(quality)),
    view.out_of_population && html("p", {}, view.out_of_population),
    restated &&
      html(
        "dl",
        { class: "restated" },
        ...numbers.flatMap((number) => (number ? [html("dt", {}, number.name), html("dd", {}, number.text)] : [])),
        html("dd", { class: "stays" }, restated.stays),
      ),
  ].filter((part) => part !== false && part !== null);
}

/** The answer in a sentence, for who does not see it. @param {View} view @param {Words} words @param {string} name of the film */
export function announced(view, words, name) {
  const said = words.announcements;
  const { headline, probability, caveat } = view;
  if (view.sign === "no-answer") return interpolated(said.no_answer, { name, what: view.said[0]?.text ?? "", do: view.to_do ?? "" });
  if (view.sign === "later") return interpolated(said.later, { name, title: headline });
  if (view.sign === "withheld") return interpolated(said.withheld, { name, withheld: headline });
  if (caveat) return interpolated(said.revealed, { name, outcome: headline, shown: caveat });
  return interpolated(said.answer, { name, outcome: headline, probability: probability?.probability.text ?? "" });
}

/** That nothing can be read, and why. @param {string} kind @param {string} message @param {Words | null} words */
export const broken = (kind, message, words) =>
  html(
    "div",
    { class: "broken", part: "error", role: "alert" },
    html("p", {}, words?.engine.failures[kind === "model" ? "model" : "download"] ?? "The reader of films could not be loaded."),
    html("p", {}, html("small", {}, message)),
  );

/** What it is for, and whose answer it is. @param {import("./types.js").Model} model @param {Words} words */
export const facts = ({ name, version, sha256 }, words) => [
  html("p", { class: "statement" }, words.start.statement),
  html("p", { class: "model", part: "model", title: sha256 }, `${name} ${version}`),
];

/** What is drawn over the film: where the model looked, what speaks against pneumonia as well, and the lungs' outline. @typedef {{ shown: boolean, against: boolean, lungs: boolean }} Heat */

/**
 * Where the model looked: switches, and what there is to see.
 *
 * @param {HTMLElement} place
 * @param {View["heat"]} found
 * @param {Words} words
 * @param {Heat} heat
 * @param {(heat: Heat) => void} change
 * @param {Map<string, HTMLElement>} swatches how the places of each class look
 */
export function evidence(place, found, words, heat, change, swatches) {
  const text = words.heat;
  // The keyboard's place stays where it was.
  const root = /** @type {ShadowRoot} */ (place.getRootNode());
  const focused = [...place.querySelectorAll("button")].findIndex((button) => button === root.activeElement);
  const isOpen = Boolean(place.querySelector("details")?.open);
  /** @param {string} label @param {boolean} on @param {Heat} next */
  const toggle = (label, on, next) => html("p", { class: "buttons" }, html("button", { type: "button", role: "switch", part: "button", "aria-checked": String(on), click: () => change(next) }, label));
  const told = found.filter((one) => heat.shown && (heat.against || one.class === "pneumonia"));
  place.replaceChildren(
    toggle(text.show, heat.shown, { ...heat, shown: !heat.shown }),
    ...told.map((one) => html("div", { role: "status" }, html("p", {}, one.is_drawn && swatches.get(one.class), html("strong", {}, one.name), ` ${one.text}`), one.caution && html("p", {}, one.caution))),
    html(
      "details",
      { open: isOpen },
      html("summary", {}, text.more),
      toggle(text.lungs, heat.lungs, { ...heat, lungs: !heat.lungs }),
      toggle(text.against, heat.against, { ...heat, against: !heat.against, shown: heat.shown || !heat.against }),
      html("p", { class: "quiet" }, `${text.caption} ${text.hold}`),
    ),
  );
  if (focused >= 0) place.querySelectorAll("button")[focused]?.focus();
}
