// What a screenshot shows, in numbers.

/**
 * The share of an element's pixels that are coloured (the film is grey, the heat is not), with whatever lies over it.
 */
export async function colouredShare(locator) {
  const { width, height, rgba } = await pixels(locator);
  let coloured = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    const [r, g, b] = rgba.subarray(i, i + 3);
    if (Math.max(r, g, b) - Math.min(r, g, b) > 16) coloured += 1;
  }
  return coloured / (width * height);
}

/** The pixels of an element as it is seen. */
export async function pixels(locator) {
  const shot = await locator.screenshot({ animations: "disabled" });
  // Decoded in another profile's page, so that the tested one keeps the focus and the pointer.
  const page = await locator.page().context().browser().newPage();
  try {
    const { width, height, data } = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const chunks = [];
      for (let i = 0; i < data.length; i += 0x8000) chunks.push(String.fromCharCode(...data.subarray(i, i + 0x8000)));
      return { width: bitmap.width, height: bitmap.height, data: btoa(chunks.join("")) };
    }, shot.toString("base64"));
    return { width, height, rgba: new Uint8Array(Buffer.from(data, "base64")) };
  } finally {
    await page.close();
  }
}

/** The mean difference of two pictures of the same size, 0 to 255. */
export function difference(a, b) {
  if (a.rgba.length !== b.rgba.length) throw new Error("pictures of different sizes");
  return a.rgba.reduce((sum, value, i) => sum + Math.abs(value - b.rgba[i]), 0) / a.rgba.length;
}
