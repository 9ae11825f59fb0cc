// What the page can do before its own code has come: it takes films, shows them, and says how far the code is. Then it starts the
// worker, which the code takes over with the events that it has had (src/bridge/early_worker.rs), as it does the films
// (src/platform/early.rs). The build writes the files' names and sizes into this template, and each language's tag, name and file.

/*RESUMED*/

const root = document.documentElement;
root.dataset.started = "";
const shell = (name) => document.querySelector(`[data-shell=${name}]`);

// The texts, in the language chosen before, else the first of the browser's that there is, else English: for what index.html says in
// English until then, and for the page's code (src/platform/language.rs).
const locales = /*LOCALES*/[].map(([tag, name, file]) => [tag, name, new URL(file, import.meta.url).href]);
const chosen = () => {
  try {
    return localStorage.getItem("lungfield:language");
  } catch {
    return null;
  }
};
const texts = async ([tag, , address]) => {
  const stands = (received, sent, still) => still && (shell("still").hidden = false);
  return [tag, await (await resumed(address, 1, stands)).text(), locales];
};
const wanted = [chosen(), ...navigator.languages, "en"].map((tag) => tag?.split("-")[0].toLowerCase());
const [first, ...others] = wanted.flatMap((tag) => locales.filter(([own]) => own === tag));
const spoken = texts(first).catch(() => texts(others.at(-1) ?? first)).then((locale) => {
  self.earlyLocale = locale;
  root.lang = locale[0];
  const all = JSON.parse(locale[1]);
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = element.dataset.text.split(".").reduce((texts, name) => texts[name], all);
  }
});
spoken.catch(() => {});

// An installation that the browser offers is offered by the page, later: src/platform/install.rs.
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  self.installPrompt = event;
});

// Films that are chosen, dropped or pasted already.
self.earlyInputs = [];
const take = (input) => {
  if (input.files.length === 0) return;
  earlyInputs.push(input);
  const [film] = earlyInputs[0].files;
  shell("early").hidden = false;
  const picture = shell("film");
  if (/^image\/(jpeg|png|webp|bmp)$/.test(film.type)) picture.src = URL.createObjectURL(film);
  picture.hidden = !picture.src;
};
const given = (event, data) => {
  event.preventDefault();
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  if (data) input.files = data.files;
  take(input);
};
const listening = new AbortController();
const { signal } = listening;
addEventListener("change", ({ target }) => target.type === "file" && take(target), { signal });
addEventListener("dragover", (event) => event.preventDefault(), { signal });
addEventListener("drop", (event) => given(event, event.dataTransfer), { signal });
addEventListener("paste", (event) => event.clipboardData?.files.length && given(event, event.clipboardData), { signal });
// Chosen before this script was there; or after the page's code was, in a dialogue that was open.
self.shellInputs = [...document.querySelectorAll("input[type=file]")];
shellInputs.forEach(take);
// The page's code listens from then on.
self.stopEarly = () => listening.abort();

const began = performance.now();
const format = (value, unit, digits) =>
  new Intl.NumberFormat(root.lang, { style: "unit", unit, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
const heard = (received, sent, still) => {
  const bar = shell("bar");
  if (!bar) return;
  [bar.max, bar.value] = [sent, received];
  const seconds = secondsLeft(began, received, sent);
  const told = { received: format(received / 1e6, "megabyte", 1), total: format(sent / 1e6, "megabyte", 1), time: seconds < 90 ? format(seconds, "second", 0) : format(Math.ceil(seconds / 60), "minute", 0) };
  const text = shell("loading").textContent.replace(/\{(\w+)\}/g, (_, name) => told[name]);
  if (seconds !== null) shell("progress").textContent = text;
  shell("still").hidden = !still;
};

const failed = () => {
  for (const name of ["state", "still"]) shell(name).hidden = true;
  shell("failed").hidden = false;
};
shell("retry").addEventListener("click", () => location.reload());

// `?engine=tract`: the worker whose networks another inference engine runs.
const script = (name) => document.querySelector(`meta[name="lungfield:${name}"]`).content;
const wantsTract = location.search === "?engine=tract";
// Half as much to download, for JPEG and PNG alone: what needs the other worker makes the page start that one.
const isSmall = ({ files }) => [...files].every(({ type }) => /^image\/(jpeg|png)$/.test(type));
const startWorker = (isKept) => {
  const small = !isKept && earlyInputs.every(isSmall) && script("first-worker");
  const address = (wantsTract && script("tract")) || small || script("worker");
  const worker = new Worker(address);
  const events = [];
  self.earlyWorker = [worker, events, address === small];
  worker.onmessage = worker.onerror = worker.onmessageerror = (event) => earlyWorker.length && events.push(event);
};
const wasm = new URL("/*APP_WASM*/", import.meta.url);
/** The page's script; one that could not be had is not asked for again under the same name. */
const program = async () => {
  for (let tries = 0; ; tries += 1) {
    try {
      return await import(`/*APP*/${tries ? `?${tries}` : ""}`);
    } catch (error) {
      if (tries === 4) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000 * tries));
    }
  }
};
try {
  const code = program();
  code.catch(() => {});
  if (await self.caches?.match(wasm).catch(() => {})) {
    // What is kept on the device comes at once, and is compiled already.
    startWorker(true);
    await spoken;
    await (await code).default({ module_or_path: wasm });
  } else {
    // The page's code comes first: on a slow line the rest would take its time.
    const response = await resumed(wasm, /*APP_BYTES*/0, heard);
    const bytes = await response.arrayBuffer();
    startWorker(false);
    await spoken;
    await (await code).default({ module_or_path: bytes });
  }
} catch (error) {
  failed();
  throw error;
}
