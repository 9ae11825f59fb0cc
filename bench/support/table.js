/** The result as text. */
export function table({ engines, ratios, stages_ms, drop_to_answer_ms, ready_ms, bytes_brotli, memory_mb, long_tasks, films_per_second, native, firefox }) {
  const kB = (bytes) => `${Math.ceil(bytes / 1000)} kB`;
  return [
    ...beside(engines, ratios),
    `a film, ms: ${Object.entries(stages_ms).map(([stage, ms]) => `${stage} ${ms}`).join(", ")}`,
    `drop to answer: ${drop_to_answer_ms} ms`,
    `navigation to ready: ${ready_ms.cold} ms cold, ${ready_ms.cached} ms cached`,
    `brotli: page ${kB(bytes_brotli.page)}, worker ${kB(bytes_brotli.worker)}, model ${kB(bytes_brotli.model)}`,
    `memory of the page's process: ${memory_mb.ready} MB before any film, ${memory_mb.after_1} with one, ${memory_mb.peak} at most for 9 megapixels, ${memory_mb.after_200} after 200 films, ${memory_mb.cleared} when they are removed`,
    `tasks of 50 ms or more on the page's thread while 50 films are read: ${long_tasks.count}, the longest ${long_tasks.longest_ms} ms`,
    `films a second on the page: ${Object.entries(films_per_second).map(([workers, rate]) => `${rate} with ${workers} worker(s)`).join(", ")}`,
    `the command: networks on one core ${native.infer_ms} ms, tract ${native.tract_infer_ms}; all cores ${native.films_per_second} films a second, Python ${native.python_films_per_second}`,
    "",
    ...(firefox ? [firefox.browser, ...beside(firefox.engines, firefox.ratios)] : ["Firefox: not on this machine"]),
  ].join("\n");
}

/** The engines of one browser side by side, with what each takes over what ours takes. */
function beside(engines, ratios) {
  const row = ({ infer_ms, parts_ms, infer_p95_ms, first_infer_ms, load_ms }) => ({
    "networks, ms": infer_ms,
    ...parts_ms,
    "p95, ms": infer_p95_ms,
    "first, ms": first_infer_ms,
    "load, ms": load_ms,
  });
  const own = row(engines.lungfield);
  const line = (name, cells) => [name, ...cells].map((cell) => cell.padEnd(18)).join("");
  return [
    line("engine", Object.keys(own)),
    ...Object.entries(engines).map(([name, engine]) =>
      line(name, Object.entries(row(engine)).map(([key, value]) => `${value} (${(value / own[key]).toFixed(2)})`)),
    ),
    "",
    `lungfield over the best peer: networks ${ratios.infer}, first time ${ratios.first_infer}, load and first time ${ratios.ready}`,
  ];
}
