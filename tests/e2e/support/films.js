// What a user does with films on the page, and what the page says of them.

import { readFileSync } from "node:fs";
import { basename } from "node:path";

/** The events of films dragged from a folder and dropped on the page, as the browser sends them. */
export function drop(page, paths) {
  return dropFiles(page, paths.map(fileAt));
}

/** As `drop`, for files of `{ name, data }`. */
export async function dropFiles(page, files) {
  const target = page.getByTestId("drop");
  const dataTransfer = await transfer(page, files);
  for (const event of ["dragenter", "dragover", "drop"]) await target.dispatchEvent(event, { dataTransfer });
}

/** Files and folders dragged onto the page from the desktop, by the browser itself: no script can make a folder. */
export async function dropFromDesktop(page, paths) {
  const box = await page.getByTestId("drop").boundingBox();
  const place = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: paths, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, ...place, data });
  }
  await session.detach();
}

/** A DataTransfer in the page that holds files of `{ name, data }`. */
export function transfer(page, files) {
  return page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, data } of files) {
      transfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
    }
    return transfer;
  }, files);
}

/** A file as `transfer` takes it. */
export function fileAt(path) {
  return { name: basename(path), data: readFileSync(path).toString("base64") };
}

/** Waits until the page has `count` films and is done with all, and gives the rows of its list. */
export async function rows(page, count) {
  await page.waitForFunction((count) => {
    const rows = [...document.querySelectorAll("[data-testid=film-row]")];
    return rows.length === count && rows.every((row) => !["waiting", "reading"].includes(row.dataset.status));
  }, count);
  return page.getByTestId("film-row").evaluateAll((rows) =>
    rows.map((row) => ({
      name: row.querySelector(".name").textContent,
      status: row.dataset.status,
      outcome: row.dataset.outcome,
      probability: Number(row.dataset.probability),
      heldBack: "heldBack" in row.dataset,
    })),
  );
}

/** Shows the film in row `index`, out of the sheet where the list is one. */
export async function show(page, index) {
  const row = page.getByTestId("film-row").nth(index);
  if (!(await row.isVisible())) await page.getByTestId("where").click();
  await row.getByRole("button").click();
}

/** Asks for every answer that is held back. */
export async function showAnyway(page) {
  const held = page.locator("[data-testid=film-row][data-held-back]");
  for (let left = await held.count(); left > 0; left -= 1) {
    await held.first().getByRole("button").click();
    await page.getByTestId("ask").click();
    await page.getByTestId("caveat").waitFor();
  }
}

/** Unfolds all details, so that everything the page has to say is on it. */
export async function unfold(page) {
  await page.locator("details").evaluateAll((all) => all.forEach((details) => (details.open = true)));
  // Some are filled only then.
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
}
