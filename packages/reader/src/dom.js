// Elements without HTML: text is text, whatever stands in it.

/**
 * @typedef {Node | string | null | undefined | false} Child
 * @typedef {Record<string, string | boolean | ((event: any) => void) | null | undefined>} Attributes
 */

/** @param {Element} element @param {Attributes} attributes @param {Child[]} children */
function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false).map((child) => /** @type {Node | string} */ (child)));
}

/**
 * An element of HTML. An attribute that is a function listens to the event of its name.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 */
export function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  filled(element, attributes, children);
  return element;
}

/** An element of SVG. @param {string} tag @param {Attributes} attributes @param {...Child} children */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  filled(element, attributes, children);
  return element;
}

/** Does something once an element is seen. @param {Element} element @param {() => void} then */
export function onceSeen(element, then) {
  const observer = new IntersectionObserver((changes) => {
    if (!changes.some((change) => change.isIntersecting)) return;
    observer.disconnect();
    then();
  });
  observer.observe(element);
  return observer;
}

/** A text with values in its `{places}`. @param {string} text @param {Record<string, string>} values */
export const interpolated = (text, values) => text.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
