// Keeps one build of Lungfield for use without a network. The build writes its name and its files into this template.
//
// A page is only ever served files of its own build: all are fetched and checked before the first is kept, and a new
// build waits until no page of the old one is open.

const BUILD = /*BUILD*/"";
const FILES = /*PRECACHE*/[];

const { scope } = self.registration;
const OURS = `lungfield ${scope} `; // The page looks for this name too: src/platform/offline.rs.
const CACHE = OURS + BUILD;
const PAGE = "index.html";

// The worker's wasm comes in two builds, of which a browser needs one.
const hasRelaxedSimd = WebAssembly.validate(Uint8Array.of(/*RELAXED_PROBE*/));
const isOtherBuild = ({ url }) => (hasRelaxedSimd ? /^assets\/worker_bg-/ : /^assets\/worker_relaxed-/).test(url);

const known = new Set(FILES.map((file) => file.url));
// The page adds the demo films once films can be read; nobody should wait for them.
const isDemoFilm = ({ url }) => /^films\/(?!thumbnails\.).*\.jpeg$/.test(url);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const url = fileOf(event.request);
  if (url) event.respondWith(serve(url, event.request));
});

async function install() {
  const files = await Promise.all(FILES.filter((file) => !isDemoFilm(file) && !isOtherBuild(file)).map(fetched));
  try {
    const cache = await caches.open(CACHE);
    await Promise.all(files.map(([url, response]) => cache.put(url, response)));
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

// A file of this build: the one that an older build kept if it is the same, else from the browser's own cache, where the
// page's first visit has just put it, else from the server.
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

// The file that a request is for, if it is one of ours. Every address that a person opens is the page.
function fileOf({ method, mode, url }) {
  if (method !== "GET" || !url.startsWith(scope)) return null;
  const { origin, pathname } = new URL(url);
  const path = (origin + pathname).slice(scope.length);
  if (known.has(path)) return path;
  return mode === "navigate" ? PAGE : null;
}

async function serve(url, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(url)) ?? fetch(request);
}
