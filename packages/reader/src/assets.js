// The files that the package brings along. `cargo xtask package` writes their names into this template, each as an address that bundlers
// understand.

/** @typedef {{ url: URL, name: string, integrity: string, bytes: number }} Asset a file, what it is called, its hash, and its size */

/** @type {Record<string, Asset>} */
export const ASSETS = /*ASSETS*/ {};

/** The version of the package. */
export const VERSION = "/*VERSION*/";
