// The command against a Python pipeline that does the same work: decode, resize, infer, Grad-CAM.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./server.js";

const REPEATS = 16;
const ROUNDS = 5;

/** Films a second on all cores; null for what is not installed. */
export function native() {
  const folder = join(root, "www/films");
  const films = JSON.parse(readFileSync(join(folder, "films.json"), "utf8")).map((film) => join(folder, film.file));
  const many = Array.from({ length: REPEATS }, () => films).flat();
  const rates = { films_per_second: [], python_films_per_second: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.films_per_second.push(command(films, many));
    rates.python_films_per_second.push(python(many));
  }
  return Object.fromEntries(Object.entries(rates).map(([name, rates]) => [name, rates.sort((a, b) => a - b)[(ROUNDS - 1) / 2]]));
}

/** What starting takes is measured with one film and taken off. */
function command(films, many) {
  const program = process.env.LUNGFIELD_COMMAND ?? join(root, "target/release/lungfield");
  if (!existsSync(program)) return null;
  const seconds = (paths) => {
    const start = performance.now();
    execFileSync(program, ["read", "--json", ...paths], { maxBuffer: 1 << 28 });
    return (performance.now() - start) / 1000;
  };
  return rate(many.length - 1, seconds(many) - seconds(films.slice(0, 1)));
}

function python(many) {
  const program = process.env.LUNGFIELD_PYTHON ?? "python3";
  const done = spawnSync(program, [join(root, "bench/pipeline.py"), join(root, "models"), ...many], { encoding: "utf8" });
  return done.status === 0 ? Math.round(Number(done.stdout) * 100) / 100 : null;
}

function rate(films, seconds) {
  return Math.round((films / seconds) * 100) / 100;
}
