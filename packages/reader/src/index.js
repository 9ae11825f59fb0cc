// The package's door: the class, and what holds for all elements of a document. Importing it registers nothing.

import { VERSION } from "./assets.js";
import { LungfieldReader } from "./element.js";
import { Engine, LungfieldError, setPolicy } from "./engine.js";

export { LungfieldReader, LungfieldError, VERSION };

/**
 * Registers the element under a tag. A tag that another version has taken stays with it, which is said on the console.
 *
 * @param {string} [tag]
 */
export function define(tag = "lungfield-reader") {
  const taken = /** @type {{ version?: string } & CustomElementConstructor | undefined} */ (customElements.get(tag));
  // A class can be registered once.
  if (!taken) customElements.define(tag, class extends LungfieldReader {});
  else if (!(taken.prototype instanceof LungfieldReader)) console.warn(`<${tag}> is taken by another version than ${VERSION}; this one is not registered.`);
}

/**
 * Loads engine and model before an element needs them.
 *
 * @param {string} [assets] the address of the folder with the assets; by itself beside the module
 */
export async function preload(assets) {
  const folder = assets ?? LungfieldReader.assets;
  await Engine.at(folder && new URL(folder.endsWith("/") ? folder : `${folder}/`, document.baseURI).href).open();
}

/**
 * What holds for all elements that say nothing else.
 *
 * @param {object} settings
 * @param {string} [settings.assets] the address of the folder with the assets, of this page's origin
 * @param {{ createScriptURL(url: string): unknown }} [settings.policy] a policy for trusted types, where the page allows none named `lungfield`
 */
export function configure({ assets, policy }) {
  if (assets !== undefined) LungfieldReader.assets = assets;
  if (policy) setPolicy(policy);
}

Object.assign(LungfieldReader, { define, preload, configure });
