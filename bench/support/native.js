// The command: our kernels and tract's on one core, and all of it against a Python pipeline that does the same work.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./server.js";

const REPEATS = 8;
const ROUNDS = 5;

/** Milliseconds of the networks on one core, by engine, and films a second on all cores; medians. */
export function native() {
  const folder = join(root, "www/films");
  const films = JSON.parse(readFileSync(join(folder, "films.json"), "utf8")).map((film) => join(folder, film.file));
  const many = Array.from({ length: REPEATS }, () => films).flat();
  const measures = {
    infer_ms: () => infer(films, []),
    tract_infer_ms: () => infer(films, ["--engine", "tract"]),
    // What starting takes is measured with one film and taken off.
    films_per_second: () => (many.length - 1) / (seconds(many) - seconds(films.slice(0, 1))),
    python_films_per_second: () => Number(python(many)),
  };
  const rounds = Array.from({ length: ROUNDS }, () => Object.entries(measures).map(([name, measure]) => [name, measure()]));
  return Object.fromEntries(Object.keys(measures).map((name, i) => [name, median(rounds.map((round) => round[i][1]))]));
}

function read(films, options, env = {}) {
  const program = process.env.LUNGFIELD_COMMAND ?? join(root, "target/release/lungfield");
  return execFileSync(program, ["read", "--json", ...options, ...films], { env: { ...process.env, ...env }, maxBuffer: 1 << 28 });
}

function infer(films, options) {
  const lines = read(films, options, { RAYON_NUM_THREADS: "1" }).toString().trim().split("\n");
  return median(lines.map((line) => JSON.parse(line).milliseconds.infer));
}

function seconds(films) {
  const start = performance.now();
  read(films, []);
  return (performance.now() - start) / 1000;
}

function python(films) {
  const program = process.env.LUNGFIELD_PYTHON ?? "python3";
  return execFileSync(program, [join(root, "bench/pipeline.py"), join(root, "target/web/bench-parts"), ...films], { encoding: "utf8" });
}

function median(values) {
  return Math.round(values.sort((a, b) => a - b)[Math.floor(values.length / 2)] * 100) / 100;
}
