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

// What the server tells a device comes sealed, and is opened by the browser. A page in sight says it itself.
self.addEventListener("push", (event) => event.waitUntil(told(event.data)));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(goTo(event.notification.data?.url || "/reminders/"));
});

async function told(data) {
  const said = data.json(), pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.some((page) => page.visibilityState === "visible" && page.focused)) return;
  // The same tag takes the place of the one before, without another sound where a page has just shown it.
  const shown = await self.registration.getNotifications({ tag: said.tag });
  await self.registration.showNotification(said.title, {
    body: said.body, tag: said.tag, icon: APP.icon, badge: APP.icon, data: { url: said.url },
    renotify: !shown.some((one) => Date.now() - one.timestamp < 60000),
  });
}

/** Only our own pages are opened, whatever the notice says. */
async function goTo(address) {
  const url = new URL(address, location.origin);
  if (url.origin !== location.origin) return;
  const pages = await self.clients.matchAll({ type: "window" });
  const page = pages.find((one) => one.visibilityState === "visible") || pages[0];
  if (!page) { await self.clients.openWindow(url.href); return; }
  await page.focus();
  await page.navigate(url.href);
}

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

// At the end of a session nothing stays but the shell, which is the same for everybody, and nothing is told any more.
async function forget() {
  await (await self.registration.pushManager?.getSubscription())?.unsubscribe();
  for (const name of await caches.keys()) if (name !== KEPT) await caches.delete(name);
}
