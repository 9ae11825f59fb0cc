// How evenly a film of 9 megapixels is enlarged, moved and windowed on a page whose processor is slowed: the milliseconds from one
// frame to the next, and what of them the page's thread is busy. Run by hand; a shared machine says nothing of frames.

import { PATIENCE, PHONE, arrived, launch } from "./support/browser.js";
import { dicomFilm } from "./support/dicom.js";
import { fileAt, dropFiles, rows } from "./support/films.js";
import { normal } from "./support/files.js";
import { serve } from "./support/server.js";

/** So many times slower than it is. */
const SLOWED = Number(process.argv[2] ?? 4);
/** So many times as wide and high as the demo film. */
const TIMES = 1.9;
const FRAMES = 120;

const server = await serve();
const browser = await launch();
const context = await browser.newContext({ viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, isMobile: true, locale: "en-GB" });
context.setDefaultTimeout(PATIENCE);
const page = await context.newPage();
await page.goto(server.address);
await arrived(page, "ready");
const film = await dicomFilm(page, fileAt(normal), TIMES);
await dropFiles(page, [film]);
await rows(page, 1);
await page.evaluate(() => scrollTo(0, 0));

const devtools = await context.newCDPSession(page);
// Its own time, whatever else the machine does.
await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
const busy = async () => {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return 1000 * metrics.find(({ name }) => name === (process.argv[3] ?? "TaskDuration")).value;
};

console.log(`${film.width} x ${film.height} pixels, processor slowed ${SLOWED} times; milliseconds`);
for (const deed of ["nothing", "enlarge", "move", "window"]) {
  if (deed === "window") {
    await page.getByTestId("more-tools").click();
    await page.getByTestId("fit").click();
    await page.getByTestId("tone").click();
  }
  await page.waitForTimeout(3000);
  const before = await busy();
  const frames = await page.evaluate(drive, { deed, count: FRAMES });
  const spent = (await busy()) - before;
  frames.sort((a, b) => a - b);
  const at = (share) => frames[Math.floor(share * (frames.length - 1))].toFixed(1);
  const late = frames.filter((frame) => frame > 25).length;
  console.log(`${deed}: median ${at(0.5)}, 95 % ${at(0.95)}, longest ${at(1)}; ${late} of ${FRAMES} late; busy ${(spent / FRAMES).toFixed(1)} a frame`);
}
await browser.close();
await server.stop();

/** Does something to the film before each of so many frames, and gives the time between them. */
async function drive({ deed, count }) {
  const surface = document.querySelector(".surface");
  const { x, y, width, height } = surface.getBoundingClientRect();
  const [middleX, middleY] = [x + width / 2, y + height / 2];
  const pointer = (type, pointerId, dx, dy) =>
    surface.dispatchEvent(new PointerEvent(type, { bubbles: true, pointerId, pointerType: "touch", clientX: middleX + dx, clientY: middleY + dy }));
  const fingers = deed === "enlarge" ? 2 : 1;
  const place = (frame) => {
    const turn = (2 * Math.PI * frame) / 60;
    if (deed === "enlarge") return [[-30 - frame, 0], [30 + frame, 0]];
    return [[60 * Math.sin(turn), 40 * Math.cos(turn)]];
  };
  const each = (type, frame) => {
    if (deed !== "nothing") for (let i = 0; i < fingers; i += 1) pointer(type, 10 + i, ...place(frame)[i]);
  };
  const next = () => new Promise((resolve) => requestAnimationFrame(resolve));
  each("pointerdown", 0);
  const times = [];
  let last = await next();
  for (let frame = 1; frame <= count; frame += 1) {
    each("pointermove", frame);
    const now = await next();
    times.push(now - last);
    last = now;
  }
  each("pointerup", count);
  return times;
}
