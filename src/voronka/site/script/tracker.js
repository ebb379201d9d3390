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

  const pack = (events) =>
    JSON.stringify({
      site, visitor, consent: kept(`${PREFIX}c`) === "1",
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone, width: screen.width, sent: Date.now(), events,
    });

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
    if (!given.on || (given.ask && kept(`${PREFIX}c`) !== "1")) {
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
    /** Note that something happened; it goes within seconds, with its neighbours. */
    add: quiet((kind, about) => {
      if (isOff || waiting.length >= MOST_EVENTS) return;
      waiting.push({ ...about, id: newId(), kind, at: Date.now() });
      timer ||= setTimeout(self.flush, EVERY << again);
    }),
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
      }
    }),
    push: quiet((call) => self[call?.[0]]?.(...[].slice.call(call, 1))),
  };

  if (isOff) return self;
  const known = quiet(() => JSON.parse(kept(`${PREFIX}s`)))();
  if (known) apply(known);
  fetch(`${base}w/${site}.json`, { credentials: "omit" })
    .then((answer) => answer.ok && answer.json().then(quiet(apply)))
    .catch(() => { /* a blocker, or no network: what is known of the last time holds */ });
  return self;
}
