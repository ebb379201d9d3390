// The service worker. `APP` stands before this text: the version and the addresses that are kept.
// Pages come from the network alone and are never kept, so nobody finds another's data; without a network, and behind a
// proxy whose server is gone, the page "no connection" stands in and goes on by itself.

const KEPT = `voronka-${APP.version}`, WORDS = "voronka-language";
const GONE = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(KEPT);
    await cache.addAll(APP.shell.map((address) => new Request(address, { cache: "reload", credentials: "omit" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("voronka-") && name !== KEPT && name !== WORDS) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data?.language) event.waitUntil(keepLanguage(event.data.language));
});

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === "/account/logout/") event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/")) event.respondWith(fromShell(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});

async function fromShell(request) {
  const cache = await caches.open(KEPT);
  return (await cache.match(request)) || fetch(request);
}

async function page(request) {
  try {
    const answer = await fetch(request);
    // Our own server signs every answer; an unsigned one of this kind is the proxy's, before a server that is gone.
    return GONE.includes(answer.status) && !answer.headers.has("X-Request-Id") ? await standIn(answer) : answer;
  } catch {
    return standIn(Response.error());
  }
}

async function standIn(otherwise) {
  const cache = await caches.open(KEPT);
  const kept = await cache.match(`/offline/?lang=${await language()}`);
  if (!kept) return otherwise;
  return new Response(await kept.blob(), { status: 503, statusText: "Offline", headers: kept.headers });
}

async function language() {
  const kept = await (await caches.open(WORDS)).match("/language");
  return kept ? kept.text() : navigator.language.startsWith("ru") ? "ru" : "en";
}

async function keepLanguage(code) {
  if (["ru", "en"].includes(code)) await (await caches.open(WORDS)).put("/language", new Response(code));
}

// At the end of a session nothing stays but the shell, which is the same for everybody.
async function forget() {
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
}
