// The history: off until it is switched on, sealed with a PIN, checked, carried in a file; and what is lost is said to be lost.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { demoPath, normal, pneumonia, words } from "./support/files.js";
import { drop, rows } from "./support/films.js";
import { visit } from "./support/visit.js";

const texts = words.history;
const PIN = "correct horse";
const film = demoPath("person1946_bacteria_4874.jpeg");

const unfold = (page) => page.getByText(texts.title, { exact: true }).click();

async function begin(page, { pin = PIN, days = "30", who = "Dr A" } = {}) {
  await page.getByTestId("history-pin").fill(pin);
  await page.getByTestId("history-pin-again").fill(pin);
  await page.getByTestId("history-who").fill(who);
  await page.getByTestId("history-days").fill(days);
  await page.getByTestId("history-begin").click();
  await page.getByTestId("history-whole").waitFor();
}

async function unlock(page, pin = PIN) {
  await page.getByTestId("history-unlock-pin").fill(pin);
  await page.getByTestId("history-unlock").click();
}

/** Name, days, file and deletion. */
const manage = (page) => page.getByText(texts.manage, { exact: true }).click();

/** The cases of the list, the newest first, once there are so many. */
async function cases(page, count) {
  await page.waitForFunction((count) => document.querySelectorAll("[data-testid=history-case]").length === count, count);
  return page.getByTestId("history-case").allTextContents();
}

/** Everything that is stored, as text. */
const stored = (page) =>
  page.evaluate(async () => {
    const found = [{ ...localStorage }, { ...sessionStorage }];
    const open = (name) => new Promise((done) => (indexedDB.open(name).onsuccess = (event) => done(event.target.result)));
    for (const { name } of await indexedDB.databases()) {
      const database = await open(name);
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store).getAll();
        await new Promise((done) => (all.onsuccess = done));
        for (const value of all.result) {
          const parts = [value].flat().map((part) => (typeof part === "string" ? part : String.fromCharCode(...part)));
          found.push(`${store}: ${parts.join(" ")}`);
        }
      }
      database.close();
    }
    return JSON.stringify(found);
  });

/** Deletes a record behind the page's back, or changes one bit of it. */
const tamper = (page, name, key, { deletes }) =>
  page.evaluate(
    async ([name, key, deletes]) => {
      const open = indexedDB.open("lungfield-history");
      await new Promise((done) => (open.onsuccess = done));
      const transaction = open.result.transaction(name, "readwrite");
      const store = transaction.objectStore(name);
      if (deletes) store.delete(key);
      else {
        const get = store.get(key);
        get.onsuccess = () => {
          get.result[1][40] ^= 1;
          store.put(get.result, key);
        };
      }
      await new Promise((done) => (transaction.oncomplete = done));
      open.result.close();
    },
    [name, key, deletes],
  );

visit("nothing is kept until it is switched on, and then nothing that can be read", {}, async ({ page, requests }) => {
  page.on("dialog", (dialog) => dialog.accept());
  await drop(page, [normal]);
  await rows(page, 1);
  assert.deepEqual(await page.evaluate(() => indexedDB.databases()), []);
  await unfold(page);
  await page.getByTestId("history-begin").waitFor();
  assert.ok((await page.getByText(texts.about).count()) === 1, "what is kept and where is not said");

  await page.getByTestId("history-who").fill("Dr A");
  for (const [pin, again, said] of [["12345", "12345", texts.pin_short], ["123456", "123457", texts.pins_differ]]) {
    await page.getByTestId("history-pin").fill(pin);
    await page.getByTestId("history-pin-again").fill(again);
    await page.getByTestId("history-begin").click();
    await page.getByTestId("history-pin-wrong").getByText(said).waitFor();
  }
  await begin(page);
  // The film that is open is kept, and each that comes.
  await cases(page, 1);
  await drop(page, [pneumonia]);
  const [, { probability }] = await rows(page, 2);
  const [newest, oldest] = await cases(page, 2);
  assert.ok(newest.includes("person1954_bacteria_4886.jpeg") && newest.includes("Dr A"), newest);
  assert.ok(newest.includes(`${Math.round(probability * 100)}%`) || newest.includes(">"), newest);
  assert.ok(oldest.includes("NORMAL2-IM-1427-0001.jpeg"), oldest);
  const kept = await stored(page);
  for (const secret of ["NORMAL2", "person1954", "Dr A", "lungfield.reading", PIN]) assert.ok(!kept.includes(secret), `${secret} can be read`);
  assert.ok(requests.every((request) => request.method() === "GET" && !request.postData()), "something was sent");
});

visit("after a reload it is locked, a wrong PIN opens nothing, and what was read meanwhile is kept", {}, async ({ page }) => {
  page.on("dialog", (dialog) => dialog.accept());
  await unfold(page);
  await begin(page);
  await drop(page, [normal]);
  await rows(page, 1);
  await cases(page, 1);

  await page.reload();
  await drop(page, [film]);
  await rows(page, 1);
  const waits = page.getByTestId("history-waits");
  await waits.waitFor();
  assert.ok((await waits.textContent()).includes(texts.waiting.one));
  await unlock(page, "another PIN");
  await unfold(page);
  await page.getByTestId("history-failure").waitFor();
  assert.equal(await page.getByTestId("history-failure").textContent(), texts.wrong_pin);
  assert.equal(await page.getByTestId("history-case").count(), 0);
  await waits.getByTestId("history-unlock-pin").fill(PIN);
  await waits.getByTestId("history-unlock").click();
  await cases(page, 2);
  await waits.waitFor({ state: "detached" });

  // Looked for by day and by answer.
  await page.getByTestId("history-day").fill("2001-01-01");
  assert.equal(await page.getByTestId("history-count").textContent(), "0 cases");
  await page.getByTestId("history-day").fill("");
  await page.getByTestId("history-answer").selectOption(words.outcomes.unlikely.zone);
  const unlikely = await page.getByTestId("history-case").allTextContents();
  assert.ok(unlikely.every((row) => row.includes(words.outcomes.unlikely.zone)), unlikely.join());
  await page.getByTestId("history-answer").selectOption(texts.all);

  // A case as it was, and gone for good.
  await page.getByTestId("history-case").first().click();
  const open = page.getByTestId("history-open-case");
  await open.waitFor();
  const said = await open.textContent();
  assert.ok(said.includes("person1946_bacteria_4874.jpeg") && said.includes("by Dr A") && said.includes("lungfield"), said);
  assert.equal(await open.locator("canvas").count(), 1);
  await page.getByTestId("history-remove").click();
  await page.getByTestId("history-remove").click();
  await cases(page, 1);
  assert.match(await page.getByTestId("history-whole").textContent(), /of 4 entries/);
});

visit("a case that is looked at again is not kept twice, and one that says something else is", {}, async ({ page }) => {
  await unfold(page);
  await begin(page);
  const films = [normal, pneumonia, film, demoPath("NORMAL2-IM-1430-0001.jpeg"), demoPath("NORMAL2-IM-1431-0001.jpeg")];
  await drop(page, films);
  await rows(page, films.length);
  await cases(page, films.length);
  // The first one's picture is gone by now and comes again.
  for (const row of [0, 4, 1]) {
    await page.getByTestId("film-row").nth(row).getByRole("button").first().click();
    await page.getByTestId("film-canvas").waitFor();
  }
  await rows(page, films.length);
  await cases(page, films.length);
});

visit("what somebody else changes is found", {}, async ({ page }) => {
  page.on("dialog", (dialog) => dialog.accept());
  await unfold(page);
  await begin(page);
  await drop(page, [normal, pneumonia, film]);
  await rows(page, 3);
  await cases(page, 3);
  const faults = async () => {
    await page.reload();
    await page.getByText(texts.title, { exact: true }).waitFor();
    await unfold(page);
    await unlock(page);
    const broken = page.getByTestId("history-broken");
    await broken.waitFor();
    return broken.getByRole("listitem").allTextContents();
  };
  await tamper(page, "cases", 1, { deletes: true });
  assert.deepEqual(await faults(), [texts.missing.replace("{n}", "1")]);
  await tamper(page, "cases", 2, { deletes: false });
  assert.deepEqual(await faults(), [texts.missing.replace("{n}", "1"), texts.changed.replace("{n}", "2")]);
  await page.locator("[data-testid=history-case][data-case='2']").click();
  assert.equal(await page.getByTestId("history-failure").textContent(), texts.no_case);
  await tamper(page, "log", 4, { deletes: true });
  const found = await faults();
  assert.ok(found.includes(texts.cut_off.replace("{n}", "3")), found.join());
});

visit("it travels in a file, opened with its own PIN, and no case comes twice", {}, async ({ page }) => {
  page.on("dialog", (dialog) => dialog.accept());
  await unfold(page);
  await begin(page);
  await drop(page, [normal, pneumonia]);
  await rows(page, 2);
  const before = await cases(page, 2);
  await manage(page);
  await page.getByTestId("history-export").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("history-save").click()]);
  const file = readFileSync(await download.path());
  assert.match(download.suggestedFilename(), /^lungfield-history-\d{4}-\d\d-\d\d\.json$/);
  assert.ok(!file.includes("NORMAL2") && !file.includes("Dr A"), "the file can be read");

  await page.getByTestId("history-delete").click();
  await page.getByTestId("history-delete").click();
  await page.getByTestId("history-begin").waitFor();
  assert.ok(!(await stored(page)).includes("history"), "something is left");

  // On another device, with another PIN.
  await page.getByTestId("remove").first().click();
  await page.getByTestId("remove").first().click();
  await begin(page, { pin: "another PIN", who: "Dr B" });
  await manage(page);
  const take = async (pin, buffer = file) => {
    await page.getByTestId("history-file").setInputFiles({ name: "history.json", mimeType: "application/json", buffer });
    await page.getByTestId("history-file-pin").fill(pin);
    await page.getByTestId("history-import").click();
  };
  const failure = page.getByTestId("history-failure");
  await take("a wrong PIN");
  await failure.getByText(texts.wrong_pin).waitFor();
  await take(PIN, Buffer.from("{}"));
  await failure.getByText(texts.not_a_history).waitFor();
  const imported = page.getByTestId("history-imported");
  await take(PIN);
  await imported.waitFor();
  assert.match(await imported.textContent(), /^2 cases taken, 0 were there/);
  assert.deepEqual(await cases(page, 2), before);
  await take(PIN);
  await page.waitForFunction(() => document.querySelector("[data-testid=history-imported]")?.textContent.startsWith("0 cases taken, 2 were"));
  await cases(page, 2);
});

visit("two windows keep one history, and what one deletes is gone in the other", {}, async ({ page, context, server }) => {
  await unfold(page);
  await begin(page);
  const other = await context.newPage();
  await other.goto(server.address);
  await other.waitForSelector("html[data-state=ready], html[data-state=offline-ready]");
  await unfold(other);
  await unlock(other);
  await other.getByTestId("history-whole").waitFor();
  await Promise.all([drop(page, [normal, film]), drop(other, [pneumonia])]);
  await Promise.all([rows(page, 2), rows(other, 1)]);
  await Promise.all([cases(page, 3), cases(other, 3)]);
  assert.match(await page.getByTestId("history-whole").textContent(), /of 4 entries/);

  await manage(other);
  await other.getByTestId("history-delete").click();
  await other.getByTestId("history-delete").click();
  await page.getByTestId("history-begin").waitFor();
  await other.close();
});

visit("cases go when their time is over", { serviceWorkers: "block" }, async ({ page, context }) => {
  page.on("dialog", (dialog) => dialog.accept());
  await unfold(page);
  await begin(page, { days: "2" });
  await drop(page, [normal]);
  await rows(page, 1);
  await cases(page, 1);
  const openedAfter = async (days, count) => {
    // The worker's clock is the device's.
    const later = `const now = Date.now; Date.now = () => now() + ${days} * 86400000;`;
    await context.route("**/start-history-*.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: later + (await response.text()) });
    });
    await page.reload();
    await unfold(page);
    await unlock(page);
    await page.getByTestId("history-whole").waitFor();
    await cases(page, count);
    return page.getByTestId("history-whole").textContent();
  };
  assert.match(await openedAfter(1.9, 1), /of 2 entries/);
  assert.match(await openedAfter(2.1, 0), /of 3 entries/);
});

visit("a history that the browser has lost is missed", {}, async ({ page }) => {
  await unfold(page);
  await begin(page);
  await page.evaluate(async () => {
    const deleted = indexedDB.deleteDatabase("lungfield-history");
    await new Promise((done) => (deleted.onsuccess = deleted.onblocked = done));
  });
  await page.reload();
  const lost = page.getByTestId("history-lost");
  await lost.waitFor();
  // Who wants none any more is not told again.
  await unfold(page);
  await page.getByTestId("history-delete").click();
  await page.getByTestId("history-delete").click();
  await lost.waitFor({ state: "detached" });
  await page.reload();
  await page.waitForSelector("html[data-state=ready], html[data-state=offline-ready]");
  assert.equal(await lost.count(), 0);
});

visit("where there is no room the film is said not to be kept, and is kept later", { serviceWorkers: "block" }, async ({ page, context }) => {
  // Of a small change the browser asks only now and then whether there is room: what it does then is done here, by the word.
  const full = `const add = IDBObjectStore.prototype.add;
    let full = true;
    IDBObjectStore.prototype.add = function (...of) {
      if (full && this.name === "cases") throw new DOMException("no room", "QuotaExceededError");
      return add.apply(this, of);
    };
    new BroadcastChannel("room").onmessage = () => (full = false);`;
  await context.route("**/start-history-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: full + (await response.text()) });
  });
  await unfold(page);
  // It asks the first time.
  const session = await context.newCDPSession(page);
  const origin = new URL(page.url()).origin;
  await page.getByTestId("history-begin").waitFor();
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await assert.rejects(Promise.race([begin(page), page.getByTestId("history-failure").waitFor().then(() => { throw new Error("refused"); })]), /refused/);
  assert.equal(await page.getByTestId("history-failure").textContent(), texts.not_written);
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await page.getByTestId("history-begin").click();
  await page.getByTestId("history-whole").waitFor();

  await drop(page, [normal]);
  await rows(page, 1);
  const waits = page.getByTestId("history-waits");
  await waits.waitFor();
  const said = await waits.textContent();
  assert.ok(said.includes(texts.waiting.one) && said.includes(texts.not_written), said);
  assert.equal(await page.getByTestId("history-case").count(), 0);
  await page.evaluate(() => new BroadcastChannel("room").postMessage(true));
  await waits.getByRole("button").click();
  await cases(page, 1);
  await waits.waitFor({ state: "detached" });
  assert.match(await page.getByTestId("history-whole").textContent(), /of 2 entries/);
});

visit("what is shown on request is on the case, and what she says first too", {}, async ({ page }) => {
  await unfold(page);
  await begin(page);
  await page.getByTestId("read-first-switch").click();
  await drop(page, [normal]);
  await rows(page, 1);
  await page.getByTestId("read-first").waitFor();
  assert.equal(await page.getByTestId("history-case").count(), 0, "an answer that she has not seen can be looked up");
  await page.getByTestId("saw-none").check();
  await page.getByTestId("saw").click();
  await cases(page, 1);
  await page.getByTestId("history-case").click();
  const open = page.getByTestId("history-open-case");
  await open.waitFor();
  assert.ok((await open.textContent()).includes(words.first.saw.split("{")[0]), await open.textContent());
});
