// With the network gone and the server ended, the page still opens and reads films.

import assert from "node:assert/strict";

import { arrived } from "./support/browser.js";
import { offeredFilms, normal, pneumonia } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

visit("a reload without a network reads films, the demo films too", { state: "offline-ready" }, async ({ page, context, server }) => {
  await drop(page, [pneumonia, normal]);
  const online = await rows(page, 2);

  await server.stop();
  await context.setOffline(true);
  await page.reload();
  await arrived(page, "offline-ready");

  await drop(page, [pneumonia, normal]);
  assert.deepEqual(await rows(page, 2), online);
  for (const film of offeredFilms) {
    await page.getByTestId("clear").click();
    await page.locator(`[data-testid=demo][data-file="${film.file}"]`).click();
    const found = await rows(page, 1);
    assert.deepEqual([found.at(-1).name, found.at(-1).status], [film.file, "read"]);
  }
});
