// Where the user chooses a film, or drops one.

import { html } from "./dom.js";

export class Pick {
  root = html("div", {});
  /** @type {(film: File) => void} */
  #chosen;

  /** @param {(film: File) => void} chosen */
  constructor(chosen) {
    this.#chosen = chosen;
  }

  /** Offers it with these words; `null` to offer nothing. @param {string | null} text */
  say(text) {
    if (text === null) return this.root.replaceChildren();
    // Drawn anew it would lose the keyboard's place.
    if (this.root.textContent === text) return;
    const change = (/** @type {Event} */ event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      const [film] = input.files ?? [];
      if (film) this.#chosen(film);
      input.value = "";
    };
    this.root.replaceChildren(html("label", { class: "drop" }, html("span", {}, text), html("input", { type: "file", change })));
  }

  /** Takes a film that is dropped there, while it is offered. @param {HTMLElement} place */
  allowDrops(place) {
    for (const name of ["dragover", "dragleave", "drop"]) {
      place.addEventListener(name, (event) => {
        const offered = this.root.firstElementChild;
        if (!offered) return;
        event.preventDefault();
        offered.classList.toggle("over", name === "dragover");
        const [film] = /** @type {DragEvent} */ (event).dataTransfer?.files ?? [];
        if (name === "drop" && film) this.#chosen(film);
      });
    }
  }
}
