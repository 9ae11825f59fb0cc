// Starts the worker at once, while the page's own code comes and is compiled: src/bridge/early_worker.rs takes it over, with the
// events that it has had. The build writes the files' names into this template.
const worker = new Worker(new URL("/*START_WORKER*/", import.meta.url));
const events = [];
self.earlyWorker = [worker, events];
worker.onmessage = worker.onerror = worker.onmessageerror = (event) => earlyWorker.length && events.push(event);
// The page's texts, in the language chosen before, else the first of the browser's that there is, else English.
// src/platform/language.rs takes them over. The build lists each language's tag, its name and its file.
const locales = /*LOCALES*/[].map(([tag, name, file]) => [tag, name, new URL(file, import.meta.url).href]);
const chosen = () => {
  try {
    return localStorage.getItem("lungfield:language");
  } catch {
    return null;
  }
};
const texts = async ([tag, , address]) => {
  const response = await fetch(address);
  if (!response.ok) throw new Error(address);
  return [tag, await response.text(), locales];
};
const wanted = [chosen(), ...navigator.languages, "en"].map((tag) => tag?.split("-")[0].toLowerCase());
const [first, ...others] = wanted.flatMap((tag) => locales.filter(([own]) => own === tag));
const [{ default: init }, locale] = await Promise.all([import("/*APP*/"), texts(first).catch(() => texts(others.at(-1) ?? first))]);
self.earlyLocale = locale;
await init({ module_or_path: new URL("/*APP_WASM*/", import.meta.url) });
