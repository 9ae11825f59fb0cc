// Pictures of the page for people to look at, in target/screenshots; the one for the README goes to docs/page.png.

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { DESKTOP, PATIENCE, PHONE, arrived, launch } from "./support/browser.js";
import { demoFilms, demoPath, fixturePath, local, root } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { serve } from "./support/server.js";

const folder = join(root, "target/screenshots");
mkdirSync(folder, { recursive: true });
const server = await serve();
const browser = await launch();

const screens = {
  phone: { viewport: PHONE, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  desktop: { viewport: DESKTOP },
};
const scenes = {
  start: [],
  film: [local],
  list: demoFilms.map((film) => demoPath(film.file)),
  message: [fixturePath("bad/truncated-50.jpeg")],
};

for (const [screen, profile] of Object.entries(screens)) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [scene, films] of Object.entries(scenes)) {
      const context = await browser.newContext({ ...profile, colorScheme, locale: "en-GB" });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      await page.goto(server.address);
      await arrived(page, "offline-ready");
      if (films.length > 0) {
        await drop(page, films);
        await rows(page, films.length);
        if (scene === "film") await page.getByTestId("heat-toggle").click();
        await page.evaluate(() => scrollTo(0, 0));
      }
      const name = `${screen}-${colorScheme}-${scene}`;
      await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
      await page.screenshot({ path: join(folder, `${name}-whole.png`), animations: "disabled", fullPage: true });
      await context.close();
    }
  }
}
// What the browser shows of the app before it is installed.
for (const [name, screen] of [["narrow", "phone"], ["wide", "desktop"]]) {
  const context = await browser.newContext({ ...screens[screen], colorScheme: "light", locale: "en-GB" });
  const page = await context.newPage();
  await page.goto(server.address);
  await arrived(page, "ready");
  await drop(page, [local]);
  await rows(page, 1);
  await page.getByTestId("heat-toggle").click();
  await page.screenshot({ path: join(root, `www/screenshots/${name}.jpeg`), type: "jpeg", quality: 60, animations: "disabled" });
  await context.close();
}
copyFileSync(join(folder, "desktop-light-film.png"), join(root, "docs/page.png"));
await browser.close();
await server.stop();
