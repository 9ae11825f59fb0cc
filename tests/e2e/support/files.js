// The files that the tests read films from, and the programs that they run.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the clone. */
export const root = fileURLToPath(new URL("../../../", import.meta.url));

const json = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** What Chromium is started with, here, by the bench and by the tests in wasm. */
export const chromiumFlags = json("tests/chromium-flags.json");

/** The demo films, and those of them that the page offers. */
export const demoFilms = json("www/films/films.json");
export const offeredFilms = demoFilms.filter((film) => film.offered);

/** What must come of each file in tests/fixtures. */
export const fixtures = json("tests/fixtures/fixtures.json");

/** What must come of each DICOM file there. */
export const dicomFixtures = json("tests/fixtures/dicom.json");

/** What must come of each archive and folder there. */
export const cases = json("tests/fixtures/cases.json");

/** The contract of the shipped model. */
export const manifest = json("models/manifest.json");

/** The page's words in English, the language that the tests' browser asks for. */
export const words = json("www/locales/en.json");

/** The film of one patient with pneumonia, and one without. */
export const pneumonia = demoPath("person1954_bacteria_4886.jpeg");
export const normal = demoPath("NORMAL2-IM-1427-0001.jpeg");

/** A film with pneumonia on which some places stand out to the model. On the other most of the lungs do. */
export const local = demoPath("person1946_bacteria_4875.jpeg");
export const spread = demoPath("person1952_bacteria_4883.jpeg");

/** The path of a demo film. */
export function demoPath(file) {
  return join(root, "www/films", file);
}

/** The path of a fixture. */
export function fixturePath(file) {
  return join(root, "tests/fixtures", file);
}

/** A program by the environment variable that names it, else by its usual places: a path in the clone or a name on PATH. */
export function program(variable, ...places) {
  if (process.env[variable]) return process.env[variable];
  const folders = process.env.PATH.split(delimiter);
  const candidates = places.flatMap((place) =>
    place.includes("/") ? [join(root, place)] : folders.map((folder) => join(folder, place)),
  );
  const found = candidates.find((path) => existsSync(path));
  if (!found) throw new Error(`none of ${places.join(", ")} was found: build it or set ${variable}`);
  return found;
}

/** What the command says of the files, one reading each, in their order. */
export function commandReadings(paths, ...options) {
  const command = program("LUNGFIELD_COMMAND", "target/debug/lungfield", "target/release/lungfield");
  const done = spawnSync(command, ["read", "--json", ...options, ...paths], { encoding: "utf8", maxBuffer: 1 << 28, timeout: 120_000 });
  if (done.error) throw done.error;
  // 2: some were refused, or could not be read.
  if (done.status !== 0 && done.status !== 2) throw new Error(`${command} ended with ${done.status}: ${done.stderr}`);
  return done.stdout.trim().split("\n").map((line) => JSON.parse(line));
}
