// `node brotli.mjs IN OUT [IN OUT ...]`: compresses files as well as brotli can, in the largest window that every browser accepts.

import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";

const files = process.argv.slice(2);
const pairs = files.flatMap((file, at) => (at % 2 ? [] : [[file, files[at + 1]]]));
await Promise.all(
  pairs.map(async ([from, to]) => {
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
    await writeFile(to, await promisify(brotliCompress)(await readFile(from), { params }));
  }),
);
