// Who visits, whether he may be followed, and how what he did reaches the collector: nothing is lost when he leaves,
// nothing is there twice. What cannot be sent waits in the browser's storage under its own key and goes with the
// next page; each event bears an id, so the collector drops what it has already.

const PREFIX = "voronka.", WAITING = `${PREFIX}q.`;
const MOST = 60000; // bytes of a batch: all requests of a page that is being left share 64 KiB
const EVERY = 3000, MOST_WAITING = 20, MOST_EVENTS = 500; // of a batch: the collector takes no more

// Storage may be forbidden: then this page remembers for itself alone.
const memory = {};
const keep = (name, value) => {
  try { localStorage.setItem(name, value); } catch { memory[name] = value; }
};
const kept = (name) => {
  try { return localStorage.getItem(name) ?? memory[name]; } catch { return memory[name]; }
};
const drop = (name) => {
  delete memory[name];
  try { localStorage.removeItem(name); } catch { /* as above */ }
};
const names = () => {
  try { return [...Object.keys(localStorage), ...Object.keys(memory)]; } catch { return Object.keys(memory); }
};

const hex = (count) =>
  [...crypto.getRandomValues(new Uint8Array(count))].map((one) => one.toString(16).padStart(2, "0")).join("");
// The hour stands first, so that ids of one time lie together in the collector's index.
const newId = () => Date.now().toString(16).padStart(12, "0").slice(-12) + hex(10);
const size = (text) => new TextEncoder().encode(text).length;

/** Whatever goes wrong in here is no matter of the page. */
export const quiet = (act) => (...given) => {
  try { return act(...given); } catch { return undefined; }
};

/** A tracker of a site; `setUp` is told the site's settings once they are known. */
export function makeTracker(site, base, setUp) {
  const listeners = [], forgets = [];
  let past = []; // of this page: a module that comes later hears of it too
  let waiting = [], timer = 0, settings = null, again = 0, isOff = navigator.globalPrivacyControl === true;
  let visitor = kept(`${PREFIX}v`), who = kept(`${PREFIX}w`);

  const may = () => !isOff && settings?.on && (!settings.ask || kept(`${PREFIX}c`) === "1");

  const forget = () => names().filter((name) => name.startsWith(PREFIX) && name !== `${PREFIX}c`).forEach(drop);

  const keepWho = () => { if (who && may()) keep(`${PREFIX}w`, who); };

  const newVisitor = () => keep(`${PREFIX}v`, (visitor = hex(16)));

  const post = (text, name, isLeaving, outlives = size(text) < MOST) => {
    const address = `${base}collect`;
    if (isLeaving && navigator.sendBeacon?.(address, text)) return;
    // Without the next page's word nobody knows whether a beacon arrived: it waits, and goes again.
    fetch(address, { method: "POST", body: text, credentials: "omit", keepalive: outlives })
      .then((answer) => {
        if (answer.ok || (answer.status < 500 && answer.status !== 429)) drop(name);
        again = 0;
      })
      .catch(() => {
        // There may be no room among what outlives the page: then as what does not.
        if (outlives) post(text, name, false, false);
        else again = Math.min(again + 1, 6);
      });
  };

  const head = () => ({
    site, visitor, consent: kept(`${PREFIX}c`) === "1",
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone, width: screen.width,
  });

  const pack = (events) => JSON.stringify({ ...head(), sent: Date.now(), events });

  const go = (events, isLeaving) => {
    const text = pack(events);
    if (size(text) > MOST && events.length > 1) {
      const middle = events.length >> 1;
      go(events.slice(0, middle), isLeaving);
      go(events.slice(middle), isLeaving);
    } else {
      const name = WAITING + newId();
      keep(name, text);
      post(text, name, isLeaving);
    }
  };

  const flush = (isLeaving) => {
    clearTimeout(timer);
    timer = 0;
    if (!may() || !waiting.length) return;
    if (!visitor) newVisitor();
    const events = waiting;
    waiting = [];
    go(events, isLeaving);
  };

  // What an earlier page left behind. `sent` is told anew: the collector reckons hours from it.
  const resend = () => {
    const left = names().filter((name) => name.startsWith(WAITING)).sort();
    left.slice(0, -MOST_WAITING).forEach(drop);
    left.slice(-MOST_WAITING).forEach(quiet((name) => {
      const text = JSON.stringify({ ...JSON.parse(kept(name)), sent: Date.now() });
      post(text, name);
    }));
  };

  const apply = (given) => {
    const isFirst = !settings;
    settings = given;
    if (isOff) { /* nothing is kept, nothing sent: the settings tell of what he may ask for himself */ } else if (!given.on || (given.ask && kept(`${PREFIX}c`) !== "1")) {
      forget();
      if (!given.on) waiting = [];
    } else {
      keep(`${PREFIX}s`, JSON.stringify(given));
      keepWho();
      if (isFirst) resend();
    }
    if (isFirst) setUp(given);
  };

  const self = {
    flush: quiet(flush),
    settings: () => settings ?? {},
    newKey: () => hex(16),
    /** Note that something happened; it goes within seconds, with its neighbours. */
    add: quiet((kind, about) => {
      if (isOff || waiting.length >= MOST_EVENTS) return;
      const id = newId();
      waiting.push({ ...about, id, kind, at: Date.now() });
      past = [...(kind === "page" ? [] : past), [kind, about, id]].slice(-50);
      timer ||= setTimeout(self.flush, EVERY << again);
      listeners.forEach((hears) => quiet(hears)(kind, about, id));
    }),
    /** Let a module hear what happens on the page, as it happens, and what has happened on it. */
    hear: (hears) => { listeners.push(hears); past.forEach((one) => quiet(hears)(...one)); },
    /** Whether he may be followed: what is kept for him outlives the page only then. */
    may: () => !!may(),
    /** Hear when nothing that is known of him may be known any more: he has signed out, or has taken consent back. */
    onForget: (hears) => { forgets.push(hears); },
    /** Ask or do something of ours, a file along; the answer as it comes. Nothing is waited for without an end. */
    ask: (name, about, file) => {
      if (may() && !visitor) newVisitor();
      const said = JSON.stringify({ ...head(), visitor: may() ? visitor : "", language: document.documentElement.lang, about });
      const body = file ? new Blob([said, "\n", file]) : said;
      const signal = AbortSignal.timeout?.(file ? 180000 : 20000);
      return fetch(`${base}w/${file ? "file" : "call"}/${name}`, { method: "POST", body, credentials: "omit", signal });
    },
    /** The same; gives what was answered, its status beside, or null where there is no network. */
    call: (name, about, file) => self.ask(name, about, file)
      .then(async (answer) => ({ ...(await answer.json()), status: answer.status }))
      .catch(() => null),
    /** The page's own word: { name: "...", ... }. */
    track: quiet((name, about) => self.add("custom", { name: `${name}`, about })),
    /** Who he says he is. Another person than before is another visitor: he inherits nothing. */
    identify: quiet(({ id, email, phone, name, proof }) => {
      const mark = `${id || email || phone || ""}`.trim().toLowerCase();
      if (!mark) return;
      let sum = 5381;
      for (const one of mark) sum = (sum * 33 + one.codePointAt(0)) | 0;
      if (who && who !== `${sum}`) self.reset();
      who = `${sum}`;
      keepWho();
      self.add("identify", { client: id && `${id}`, email, phone, name, proof });
    }),
    /** He has signed out: whoever comes next is somebody else. */
    reset: quiet(() => {
      flush(false);
      waiting = [];
      who = "";
      drop(`${PREFIX}w`);
      if (visitor) newVisitor();
      forgets.forEach((hears) => quiet(hears)(true));
      self.onReset?.();
    }),
    /** The visitor's answer to the question whether he may be followed. */
    consent: quiet((is) => {
      if (is) {
        keep(`${PREFIX}c`, "1");
        if (settings) keep(`${PREFIX}s`, JSON.stringify(settings));
        keepWho();
        flush(false);
      } else {
        waiting = [];
        visitor = who = "";
        forget();
        keep(`${PREFIX}c`, "0");
        forgets.forEach((hears) => quiet(hears)(false));
      }
    }),
    push: quiet((call) => self[call?.[0]]?.(...[].slice.call(call, 1))),
  };

  const known = isOff ? null : quiet(() => JSON.parse(kept(`${PREFIX}s`)))();
  if (known) apply(known);
  fetch(`${base}w/${site}.json`, { credentials: "omit" })
    .then((answer) => answer.ok && answer.json().then(quiet(apply)))
    .catch(() => { /* a blocker, or no network: what is known of the last time holds */ });
  return self;
}
