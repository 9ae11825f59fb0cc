// What is taken away of a film: made by a worker that comes when it is asked for, and ends with its answer.

import { html, interpolated } from "./dom.js";
import { LungfieldError, REMEDY, trusted } from "./engine.js";

/** @typedef {"json" | "png" | "pdf" | "dicom-sc" | "dicom-sr" | "fhir-r4" | "fhir-r5"} Format */

/** Of each format the media type, and how files of it end. @type {Record<Format, [type: string, ending: string]>} */
export const FORMATS = {
  pdf: ["application/pdf", "pdf"],
  png: ["image/png", "png"],
  "dicom-sc": ["application/dicom", "sc.dcm"],
  "dicom-sr": ["application/dicom", "sr.dcm"],
  "fhir-r4": ["application/fhir+json", "fhir-r4.json"],
  "fhir-r5": ["application/fhir+json", "fhir-r5.json"],
  json: ["application/json", "json"],
};

/**
 * Makes a file of a film.
 *
 * @param {Record<string, { url: string, integrity: string }>} files
 * @param {{ format: Format, reading: object, marks: { shown_on_request: boolean, seen_first?: import("./types.js").Seen }, header: object | null, picture: [number, number] | null, language: string, texts: string }} film
 * @param {Uint8Array | null} grey the bytes of its picture
 * @returns {Promise<Blob>}
 */
export function made(files, film, grey) {
  const told = encodeURIComponent(JSON.stringify({ code: files["exporter-code"], manifest: files.manifest }));
  const script = files["worker-exporter"].url;
  return new Promise((resolve, reject) => {
    const worker = new Worker(/** @type {string} */ (trusted(`${script}#${told}`)));
    const end = (/** @type {() => void} */ tell) => {
      worker.terminate();
      tell();
    };
    worker.onmessage = ({ data: [said, bytes] }) => {
      if (said === null) return end(() => reject(new LungfieldError("missing", `What makes files could not be loaded: ${bytes}. ${REMEDY}`)));
      const { Err: reason } = JSON.parse(said);
      end(() => (reason === undefined ? resolve(new Blob([bytes], { type: FORMATS[film.format][0] })) : reject(new LungfieldError("export", reason))));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end(() => reject(new LungfieldError("missing", `What makes files could not be started from ${script}. ${REMEDY}`)));
    };
    worker.postMessage([JSON.stringify({ film }), grey]);
  });
}

/** A file's own name, without folders and ending. @param {string} file */
export const stemOf = (file) => file.replace(/^.*\//, "").replace(/\.[^.]*$/, "");

/** Has the browser save a file. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const href = URL.createObjectURL(blob);
  html("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

/**
 * Buttons for what the user may take away of the film that an element shows.
 *
 * @param {import("./element.js").LungfieldReader} element
 * @param {import("./words.js").Words} words
 */
export function offers(element, words) {
  const { file = "", status } = element.reading ?? {};
  const formats = /** @type {Format[]} */ (element.exports.split(/\s+/).filter((format) => format in FORMATS));
  // Of a film without an answer only JSON says why.
  const offered = formats.filter((format) => status === "read" || format === "json");
  if (offered.length === 0) return [];
  const said = html("p", { class: "quiet", role: "status" });
  const take = async (/** @type {Format} */ format) => {
    said.textContent = words.take.making;
    try {
      const blob = await element.export(format);
      const name = `${stemOf(file || "film")}.${FORMATS[format][1]}`;
      said.textContent = interpolated(words.take.ready, { name });
      const detail = { format, name, blob };
      if (!element.dispatchEvent(new CustomEvent("lungfield-export", { bubbles: true, composed: true, cancelable: true, detail }))) return;
      save(blob, name);
    } catch (error) {
      said.textContent = `${words.take.failed} ${/** @type {Error} */ (error).message}`;
    }
  };
  const button = (/** @type {Format} */ format) => html("button", { type: "button", part: "button", click: () => void take(format) }, words.take.formats[format]);
  return [html("p", { class: "buttons" }, ...offered.map(button)), said];
}
