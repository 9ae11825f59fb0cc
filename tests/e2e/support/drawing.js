// Pictures that the tests make: films that lie otherwise, and things that are no film.

import { basename } from "node:path";

import { fileAt } from "./films.js";

/** A film as a PNG file for `transfer`, with its own pixels moved: turned upside down, or black for white. */
export async function film(page, path, { upsideDown = false, inverted = false } = {}) {
  const way = [upsideDown && "upside-down", inverted && "inverted"].filter(Boolean).join("-") || "upright";
  const data = await elsewhere(page, drawFilm, { data: fileAt(path).data, upsideDown, inverted });
  return { name: `${way}-${basename(path).replace(/\.\w+$/, "")}.png`, data };
}

/** A picture of the seaside as a PNG file for `transfer`. */
export async function seaside(page) {
  return { name: "seaside.png", data: await elsewhere(page, drawSeaside) };
}

/** Runs `draw` in another profile's page, so that the tested one keeps its promises; gives the base64 that it gives. */
async function elsewhere(page, draw, given) {
  const other = await page.context().browser().newPage();
  try {
    return await other.evaluate(draw, given);
  } finally {
    await other.close();
  }
}

async function drawFilm({ data, upsideDown, inverted }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
  const context = canvas.getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  // The red, green and blue of a pixel; its opacity stays.
  if (inverted) pixels.forEach((pixel, i) => (pixels[i] = pixel ^ 0x00ffffff));
  if (upsideDown) pixels.reverse();
  context.putImageData(image, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}

function drawSeaside() {
  const [width, height] = [1024, 768];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  const fill = (colour, ...points) => {
    context.fillStyle = colour;
    context.beginPath();
    points.forEach(([x, y]) => context.lineTo(x * width, y * height));
    context.fill();
  };
  const sky = context.createLinearGradient(0, 0, 0, 0.6 * height);
  sky.addColorStop(0, "#2a6fd6");
  sky.addColorStop(1, "#f6d9b0");
  context.fillStyle = sky;
  context.fillRect(0, 0, width, 0.6 * height);
  fill("#1d7f86", [0, 0.6], [1, 0.6], [1, 0.8], [0, 0.75]);
  fill("#e2c37b", [0, 0.75], [1, 0.8], [1, 1], [0, 1]);
  fill("#f4f4ee", [0.3, 0.2], [0.3, 0.62], [0.12, 0.62]);
  fill("#d8462f", [0.32, 0.25], [0.46, 0.62], [0.32, 0.62]);
  fill("#5a3b22", [0.1, 0.65], [0.48, 0.65], [0.42, 0.72], [0.16, 0.72]);
  context.fillStyle = "#ffe36b";
  context.beginPath();
  context.arc(0.8 * width, 0.2 * height, 70, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = "#222222";
  context.font = "64px sans-serif";
  context.fillText("ICE CREAM", 0.55 * width, 0.93 * height);
  return canvas.toDataURL("image/png").split(",")[1];
}
