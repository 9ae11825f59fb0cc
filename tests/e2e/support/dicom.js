// A DICOM film that the tests make of a demo film: 12 bits, two windows, and somebody's name.

/** The elements of its header, but for those of its pixels. Nobody has this name. */
const HEADER = [
  [0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.1.1"],
  [0x0008, 0x0020, "DA", "20240131"],
  [0x0008, 0x0060, "CS", "DX"],
  [0x0010, 0x0010, "PN", "ROE^RICHARD"],
  [0x0010, 0x0020, "LO", "LF-0042"],
  [0x0010, 0x0040, "CS", "M"],
  [0x0010, 0x1010, "AS", "003Y"],
  [0x0018, 0x1164, "DS", "0.2\\0.2"],
  [0x0018, 0x5101, "CS", "PA"],
  [0x0020, 0x0020, "CS", "L\\F"],
];

/** Windows of it: as it comes, and another one. Values are grey times ten. */
const WINDOWS = [
  [0x0028, 0x1050, "DS", "1200\\2300"],
  [0x0028, 0x1051, "DS", "2400\\1000"],
  [0x0028, 0x1055, "LO", "NORMAL\\BONE"],
];

/** A film as a DICOM file for `dropFiles`, so many times as wide and high, with more elements; `page` is any page of the browser. */
export async function dicomFilm(page, jpeg, times = 1, more = []) {
  const other = await page.context().browser().newPage();
  try {
    const { width, height, grey } = await other.evaluate(greyOf, { data: jpeg.data, times });
    const pixels = Buffer.alloc(2 * width * height);
    Buffer.from(grey, "base64").forEach((value, i) => pixels.writeUInt16LE(10 * value, 2 * i));
    const layout = [
      [0x0028, 0x0002, "US", 1],
      [0x0028, 0x0004, "CS", "MONOCHROME2"],
      [0x0028, 0x0010, "US", height],
      [0x0028, 0x0011, "US", width],
      [0x0028, 0x0100, "US", 16],
      [0x0028, 0x0101, "US", 12],
      [0x0028, 0x0102, "US", 11],
      [0x0028, 0x0103, "US", 0],
    ];
    const meta = element([0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1"]);
    const tag = ([group, number]) => group * 0x10000 + number;
    const elements = [...HEADER, ...layout, ...WINDOWS, ...more].sort((a, b) => tag(a) - tag(b)).map(element);
    const before = Buffer.alloc(12);
    before.writeUInt16LE(0x7fe0, 0);
    before.writeUInt16LE(0x0010, 2);
    before.write("OW", 4, "latin1");
    before.writeUInt32LE(pixels.length, 8);
    const file = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), meta, ...elements, before, pixels]);
    return { name: "film.dcm", width, height, data: file.toString("base64") };
  } finally {
    await other.close();
  }
}

/** An element with a short length. */
function element([group, number, vr, value]) {
  let bytes;
  if (vr === "US") {
    bytes = Buffer.alloc(2);
    bytes.writeUInt16LE(value);
  } else {
    const padding = value.length % 2 ? (vr === "UI" ? "\0" : " ") : "";
    bytes = Buffer.from(value + padding, "latin1");
  }
  const head = Buffer.alloc(8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, "latin1");
  head.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([head, bytes]);
}

async function greyOf({ data, times }) {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  const [width, height] = [Math.round(bitmap.width * times), Math.round(bitmap.height * times)];
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0, width, height);
  const rgba = context.getImageData(0, 0, width, height).data;
  const chunks = [];
  for (let i = 0; i < rgba.length; i += 0x8000) {
    let chunk = "";
    for (let j = i; j < Math.min(i + 0x8000, rgba.length); j += 4) chunk += String.fromCharCode(rgba[j]);
    chunks.push(chunk);
  }
  return { width, height, grey: btoa(chunks.join("")) };
}
