// What an answer is drawn as: a shape, which a colour repeats. They are those of the app (src/ui/view/icon.rs).

import { svg } from "./dom.js";

/** Lines, filled shapes, and what is cut out of them, on 24 by 24. @type {Record<string, [kind: string, path: string][]>} */
const SHAPES = {
  likely: [["filled", "M12 2.8 22.6 21.2H1.4Z"], ["cut", "M12 9.5v5.4M12 17.7v.6"]],
  uncertain: [["line", "M12 2.4 21.6 12 12 21.6 2.4 12Z"], ["filled", "M12 2.4 21.6 12 12 21.6Z"]],
  unlikely: [["line", "M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M7.5 12h9"]],
  later: [["line", "M1.8 12C5 6.6 8.4 5 12 5s7 1.6 10.2 7C19 17.4 15.6 19 12 19s-7-1.6-10.2-7ZM9 12a3 3 0 1 0 6 0 3 3 0 1 0-6 0"]],
  withheld: [["line", "M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0M9.5 8.5v7M14.5 8.5v7"]],
  "no-answer": [["line", "M5 5l14 14M19 5 5 19"]],
};

/** The shape of a sign; the words beside it say what it means. @param {string} sign */
export function shape(sign) {
  const paths = (SHAPES[sign] ?? []).map(([kind, d]) => svg("path", { class: kind, d }));
  return svg("svg", { class: "sign", viewBox: "0 0 24 24", "aria-hidden": "true" }, ...paths);
}
