// The browsers with other engines than Chromium's. Nobody drives them: they open an address.

import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFERENCES = {
  // Nothing is asked, looked up or sent.
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "app.normandy.enabled": false,
  "dom.disable_open_during_load": false,
};

/** What opens an address in each of the other browsers, with a new profile, and gives what closes it again. */
export const BROWSERS = {
  Firefox: (address) => {
    const profile = mkdtempSync(join(tmpdir(), "lungfield-firefox-"));
    const preferences = Object.entries(PREFERENCES).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`);
    writeFileSync(join(profile, "user.js"), preferences.join(""));
    return opened(process.env.FIREFOX, ["--headless", "--no-remote", "--profile", profile, address], profile);
  },
  // What Safari is made of. It needs a screen, which Xvfb plays.
  WebKit: (address) => {
    const settings = ["--javascript-can-open-windows-automatically=true"];
    const screen = process.env.XVFB_RUN;
    return opened(screen, ["--auto-servernum", process.env.WEBKIT, ...settings, address], mkdtempSync(join(tmpdir(), "lungfield-webkit-")));
  },
};

/** Why one of them cannot be had here; `cargo xtask` names those that can. */
export function missing(name) {
  const variables = { Firefox: ["FIREFOX"], WebKit: ["WEBKIT", "XVFB_RUN"] }[name];
  return variables.every((variable) => process.env[variable]) ? false : `there is no ${name} here, or ${variables.join(" and ")} do not name it`;
}

function opened(command, options, profile) {
  const home = { HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile, XDG_DATA_HOME: profile };
  const child = spawn(command, options, { stdio: "ignore", env: { ...process.env, ...home }, detached: true });
  // It has children of its own.
  const end = () => process.kill(-child.pid);
  process.once("exit", end);
  return () => {
    process.removeListener("exit", end);
    child.once("exit", () => rm(profile, { recursive: true, force: true, maxRetries: 10 }));
    end();
  };
}
