/** The result as text. */
export function table({ engines, ratios, drop_to_heatmap_ms, ready_ms, bytes_brotli, memory_mb, long_tasks, films_per_second, native, firefox }) {
  const kB = (bytes) => `${Math.ceil(bytes / 1000)} kB`;
  return [
    ...beside(engines, ratios),
    `drop to heatmap: ${drop_to_heatmap_ms} ms`,
    `navigation to ready: ${ready_ms.cold} ms cold, ${ready_ms.cached} ms cached`,
    `brotli: page ${kB(bytes_brotli.page)}, worker ${kB(bytes_brotli.worker)}, model ${kB(bytes_brotli.model)}`,
    `memory of the page's process: ${memory_mb.ready} MB before any film, ${memory_mb.after_1} with one, ${memory_mb.peak} at most for 9 megapixels, ${memory_mb.after_200} after 200 films, ${memory_mb.cleared} when they are removed`,
    `tasks of 50 ms or more on the page's thread while 50 films are read: ${long_tasks.count}, the longest ${long_tasks.longest_ms} ms`,
    `films a second on the page: ${Object.entries(films_per_second).map(([workers, rate]) => `${rate} with ${workers} worker(s)`).join(", ")}`,
    `native: ${native.films_per_second ?? "-"} films a second, Python ${native.python_films_per_second ?? "-"}`,
    "",
    ...(firefox ? [firefox.browser, ...beside(firefox.engines, firefox.ratios)] : ["Firefox: not on this machine"]),
  ].join("\n");
}

/** The engines of one browser side by side. */
function beside(engines, ratios) {
  const own = engines.lungfield;
  const cell = (value, base) => (value === null ? "-" : `${value} (${(value / base).toFixed(2)})`).padEnd(18);
  const keys = { infer_ms: "infer, ms", infer_p95_ms: "infer p95, ms", first_infer_ms: "first infer, ms", load_ms: "load, ms" };
  const lines = [["engine".padEnd(18), ...Object.values(keys).map((name) => name.padEnd(18))].join("")];
  for (const [name, engine] of Object.entries(engines)) {
    lines.push([name.padEnd(18), ...Object.keys(keys).map((key) => cell(engine[key], own[key]))].join(""));
  }
  return [
    ...lines,
    "",
    `lungfield over the best peer: infer ${ratios.infer}, first infer ${ratios.first_infer}, load and first infer ${ratios.ready}`,
  ];
}
