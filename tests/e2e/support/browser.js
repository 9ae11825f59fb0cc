// The browser of the tests.

import { chromium } from "playwright-core";

import { chromiumFlags, program } from "./files.js";

/** The longest that anything on the page may take, in milliseconds; the machine may be slow and busy. */
export const PATIENCE = 120_000;

/** The screens that the page is made for, in CSS pixels. */
export const PHONE = { width: 360, height: 800 };
export const DESKTOP = { width: 1440, height: 900 };

/** Starts Chromium: the one that `CHROMIUM` names, else the first on PATH. */
export function launch() {
  const executablePath = program("CHROMIUM", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  return chromium.launch({ executablePath, args: chromiumFlags });
}

/** Waits until the page says that it is in a state: "ready" or "offline-ready". */
export async function arrived(page, state) {
  const states = state === "ready" ? ["ready", "offline-ready"] : [state];
  await page.waitForFunction((states) => states.includes(document.documentElement.dataset.state), states, { timeout: PATIENCE });
}
