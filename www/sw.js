// Keeps builds of Lungfield for use without a network, and serves the one that the user has chosen. The build writes its name and its
// files into this template.
//
// This worker takes over as soon as it is there, and serves what was in use before: another build comes into use only when the user says
// so. A page is only ever served files of its own build: all are fetched and checked before the first is kept, and what the build in
// use has not is looked for in the others, whose files are named by their content.

const BUILD = /*BUILD*/"";
const FILES = /*PRECACHE*/[];
/** The SHA-256 of models that must not be used any more. */
const WITHDRAWN = /*WITHDRAWN*/[];

const { scope } = self.registration;
const OURS = `lungfield ${scope} `;
/** Which build is used, which was before, which newest one was turned down, and whose models were withdrawn. */
const STATE = `${OURS}state`;
/** What the page had to fetch in parts: www/resumed.js. */
const ARRIVED = "lungfield arrived";
const PAGE = "index.html";
/** What a build's cache has beside its files: their list. */
const LIST = "kept.json";
/** So many milliseconds shared films are held for the page that is to ask for them. */
const HOLD_MS = 60_000;
/** For so long a window that is open may take to say that it has them. */
const ANSWER_MS = 1_500;

// The worker's wasm comes in two builds, of which a browser needs one.
const hasRelaxedSimd = WebAssembly.validate(Uint8Array.of(/*RELAXED_PROBE*/));
const isOtherBuild = ({ url }) => (hasRelaxedSimd ? /^assets\/worker_bg-/ : /^assets\/worker_relaxed-/).test(url);
// The page asks for these once films can be read, the demo films and what makes exports; nobody should wait for them.
const isLate = ({ url }) => /^films\/(?!thumbnails\.).*\.jpeg$|^assets\/(?:exporter|history)/.test(url);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.waitUntil(answer(event)));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (!url.startsWith(scope)) return;
  const { origin, pathname } = new URL(url);
  const path = (origin + pathname).slice(scope.length);
  if (method === "POST" && path === "share") event.respondWith(share(event));
  if (method === "GET") event.respondWith(serve(path, event.request));
});

async function install() {
  const files = FILES.filter((file) => !isOtherBuild(file));
  const fetchedFiles = await Promise.all(files.filter((file) => !isLate(file)).map(fetched));
  try {
    const cache = await cacheOf(BUILD);
    await Promise.all(fetchedFiles.map(([url, response]) => cache.put(url, response)));
    await cache.put(LIST, new Response(JSON.stringify(files)));
    await caches.delete(ARRIVED);
  } catch (error) {
    await caches.delete(OURS + BUILD);
    throw error;
  }
  await self.skipWaiting();
}

async function activate() {
  const kept = await builds();
  const before = await state();
  const isUsable = async (build) => kept.includes(build) && !(await isWithdrawn(build));
  // Pages from before there was a state cannot choose.
  const used = (await isUsable(before.used)) ? before.used : BUILD;
  const former = before.used ? before.former : kept.find((build) => build !== BUILD);
  const withdrawn = [];
  for (const build of kept) if (await isWithdrawn(build)) withdrawn.push(build);
  await remember({ ...before, used, former: former !== used && (await isUsable(former)) ? former : null, withdrawn });
  await self.clients.claim();
  await tell();
}

const cacheOf = (build) => caches.open(OURS + build);

/** The builds that are kept, wholly or in part. */
async function builds() {
  const names = await caches.keys();
  return names.filter((name) => name.startsWith(OURS) && name !== STATE).map((name) => name.slice(OURS.length));
}

let remembered = null;
function state() {
  const load = async () => (await (await caches.open(STATE)).match("state"))?.json() ?? {};
  return (remembered ??= load());
}

/** Keeps the state, and no build but those that it names and this worker's own. */
async function remember(next) {
  remembered = Promise.resolve(next);
  await (await caches.open(STATE)).put("state", new Response(JSON.stringify(next)));
  const gone = (await builds()).filter((build) => ![next.used, next.former, BUILD].includes(build));
  await Promise.all(gone.map((build) => caches.delete(OURS + build)));
}

/** The model's manifest in a build, if it is kept. */
async function manifest(build) {
  if (!(await caches.has(OURS + build))) return null;
  const cache = await cacheOf(build);
  const request = (await cache.keys()).find(({ url }) => /\/assets\/model-[^/]+\/manifest\.json$/.test(url));
  return request && (await cache.match(request)).json();
}

async function isWithdrawn(build) {
  const model = await manifest(build);
  return Boolean(model) && WITHDRAWN.some((hash) => [model.sha256, model.network?.sha256].includes(hash));
}

/** What a page says of a build: the version, and what has changed, in each language. */
async function about(build) {
  const changes = await caches.match("changes.json", { cacheName: OURS + build });
  return { build, version: (await manifest(build))?.version ?? "", changes: changes ? await changes.json() : {} };
}

// A file of a build: the one that another build or the page kept if it is the same, else from the browser's own cache, where the page's
// first visit has just put it, else from the server.
async function fetched({ url, revision }) {
  const kept = await caches.match(url);
  if (kept && (await digest(kept)) === revision) return [url, kept];
  // Some servers answer a request for index.html with a redirection to its folder, which is no answer to a navigation.
  const address = url === PAGE ? "./" : url;
  for (const cache of ["default", "reload"]) {
    const response = await fetch(address, { cache });
    if (response.ok && (await digest(response)) === revision) return [url, response];
  }
  throw new Error(`${url} is not there, or is of another build`);
}

async function digest(response) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  return Array.from(hash.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The files of a build: its own list, which is gone where the browser has cleared it away, or this worker's. */
async function listed(build) {
  const list = await caches.match(LIST, { cacheName: OURS + build });
  if (list) return list.json();
  return build === BUILD ? FILES.filter((file) => !isOtherBuild(file)) : [];
}

/** Fetches what is missing or damaged of these files of a build; whether all are there then. */
async function mend(build, files) {
  const cache = await cacheOf(build);
  for (const file of files) {
    const kept = await cache.match(file.url);
    if (kept && (await digest(kept)) === file.revision) continue;
    try {
      await cache.put(...(await fetched(file)));
    } catch {
      return false;
    }
  }
  return true;
}

async function isWhole(build) {
  const files = await listed(build);
  if (files.length === 0) return false;
  const whole = await mend(build, files.filter((file) => !isLate(file)));
  if (whole) await (await cacheOf(build)).put(LIST, new Response(JSON.stringify(files)));
  return whole;
}

async function serve(path, request) {
  const { used, former } = await state();
  const names = request.mode === "navigate" ? [path, PAGE] : [path];
  // Every address that a person opens is the page.
  for (const name of names.filter(Boolean)) {
    for (const build of new Set([used, BUILD, former])) {
      const found = build && (await caches.match(name, { cacheName: OURS + build }));
      if (found) return found;
    }
  }
  return fetch(request);
}

let late = Promise.resolve();
// What pages ask. Pages of former builds ask it too: what is here stays as it is.
const ANSWERS = {
  /** Mends the page's own build, and says how all stand. */
  async check({ build }) {
    const whole = await isWhole(build).catch(() => false);
    const { used, former, declined, withdrawn } = await state();
    return {
      whole,
      used: await about(used ?? BUILD),
      newest: await about(BUILD),
      former: former ? await about(former) : null,
      declined: declined === BUILD,
      withdrawn: withdrawn?.includes(build) ?? false,
    };
  },
  /** Fetches what is late and not there; one that cannot be had is left out. Pages of former builds know it by this name. */
  demoFilms({ build }) {
    const fetchAll = async () => {
      for (const file of (await listed(build)).filter(isLate)) await mend(build, [file]).catch(() => false);
      return true;
    };
    // One page after the other: each film comes once.
    return (late = late.then(fetchAll, fetchAll));
  },
  /** From now on this build is served. */
  async use({ build }) {
    if ((await isWithdrawn(build)) || !(await isWhole(build))) return false;
    const before = await state();
    const former = before.used === build ? before.former : before.used;
    await remember({ ...before, used: build, former, declined: build === BUILD ? null : BUILD });
    await tell();
    return true;
  },
  /** The films that were shared, once; or that they are with a window that was open. */
  async shared() {
    if (!held) return null;
    const { films, taker, release } = held;
    if (taker && (await self.clients.get(taker))) return "elsewhere";
    release();
    return films;
  },
};

async function answer({ data, ports: [port] }) {
  port?.postMessage(await ANSWERS[data?.ask]?.(data));
}

/** Tells all pages that other builds are kept, or that another is used. */
async function tell() {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage({ say: "changed" });
}

/** Films that were shared, until the page that comes then has asked for them. They are never written to disk. */
let held = null;

/** Any page of the web can send this: what comes is handed to a page, which asks the user. */
async function share(event) {
  const form = await event.request.formData();
  const films = form.getAll("films").filter((film) => film instanceof File && film.size > 0);
  if (films.length > 0) {
    const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    let taker = null;
    for (const page of pages) {
      if (!taker && (await takes(page, films))) taker = page.id;
    }
    // The window may be the one that the new page is about to replace: then they are the new page's.
    event.waitUntil(
      new Promise((release) => {
        held = { films, taker, release: () => release((held = null)) };
        setTimeout(held.release, HOLD_MS);
      }),
    );
  }
  return Response.redirect(`${scope}?shared`, 303);
}

/** Whether a page takes the films: one that sleeps, or is none of ours, does not answer. */
function takes(page, films) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(true);
    page.postMessage({ say: "handed", films }, [port2]);
    setTimeout(() => resolve(false), ANSWER_MS);
  });
}
