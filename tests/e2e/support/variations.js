// Many films out of few: each demo film cropped, stretched, brightened, blurred and compressed in its own way.

import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { fileAt } from "./films.js";

/** Writes `count` variations of each film into `folder` and gives their paths. The same count gives the same pictures. */
export async function variations(browser, films, count, folder) {
  mkdirSync(folder, { recursive: true });
  const page = await browser.newPage();
  const paths = [];
  try {
    for (const film of films) {
      const made = await page.evaluate(vary, { data: fileAt(film).data, count, seed: paths.length + 1 });
      for (const [i, jpeg] of made.entries()) {
        const path = join(folder, `${basename(film).replace(/\.\w+$/, "")}-${i}.jpeg`);
        writeFileSync(path, Buffer.from(jpeg, "base64"));
        paths.push(path);
      }
    }
  } finally {
    await page.close();
  }
  return paths;
}

async function vary({ data, count, seed }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const film = await createImageBitmap(new Blob([bytes]));
  let state = seed;
  // Lehmer's generator: the same numbers everywhere.
  const between = (low, high) => low + ((state = (state * 48271) % 2147483647) / 2147483647) * (high - low);
  const made = [];
  for (let i = 0; i < count; i += 1) {
    const [width, height] = [between(0.85, 1) * film.width, between(0.85, 1) * film.height];
    const [left, top] = [between(0, film.width - width), between(0, film.height - height)];
    const size = Math.round(between(260, 640));
    const canvas = new OffscreenCanvas(size, Math.round(size / between(0.9, 1.7)));
    const context = canvas.getContext("2d");
    context.filter = `brightness(${between(0.75, 1.25)}) contrast(${between(0.75, 1.25)}) blur(${between(0, 1.2)}px)`;
    context.drawImage(film, left, top, width, height, 0, 0, canvas.width, canvas.height);
    const jpeg = new Uint8Array(
      await (await canvas.convertToBlob({ type: "image/jpeg", quality: between(0.4, 0.95) })).arrayBuffer(),
    );
    made.push(btoa(Array.from(jpeg, (byte) => String.fromCharCode(byte)).join("")));
  }
  return made;
}
