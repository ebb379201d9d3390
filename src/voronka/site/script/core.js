// The one script of a site: watches the page and tells the tracker. It changes nothing on the page and throws nothing
// into it; what it reads, it reads when the browser is idle.

import { makeTracker, quiet } from "./tracker.js";
import { basket, form, product, selling, told } from "./reading.js";
import { makeScreen } from "./screen.js";

const IDLE = 60000, SETTLES = [0, 400, 1500];

quiet(() => {
  const script = document.currentScript, site = script?.dataset.site;
  if (!site || window.voronka?.flush) return;
  const on = (target, name, act) => target.addEventListener(name, quiet(act), { capture: true, passive: true });
  const soon = (act) => (window.requestIdleCallback ?? setTimeout)(quiet(act), { timeout: 1000 });
  let before = document.referrer, path = "", seen = {}, depth = 0, shown = 0, since = 0, read = 0, isIdle = false;
  let idle = 0, hasLeft = false;

  const base = new URL(".", script.src).href, isOff = navigator.globalPrivacyControl === true;
  const kit = { site, base, quiet, screen: makeScreen(), nonce: script.nonce };

  // A module comes only where its site has something for it to do, and when the page has nothing better to do. Where
  // the browser asks not to be followed only those come that do nothing before the visitor himself has asked for it.
  const start = (settings) => {
    kit.load = (name) => import(`${base}w/${name}.js?${settings.mark}`);
    for (const [name, said] of Object.entries(settings.parts ?? {})) {
      if (isOff && !said.asked) continue;
      soon(() => kit.load(name).then(quiet((module) => module.default(kit, said))).catch(() => { /* a blocker */ }));
    }
  };
  const tracker = makeTracker(site, base, start);
  const { call, ask, hear, may, onForget } = tracker;
  Object.assign(kit, { tracker, call, ask, hear, may, onForget });

  // A thing is told once a page, and again when it has become another.
  const tell = (kind, about) => {
    const text = JSON.stringify(about);
    if (seen[kind] === text) return;
    seen[kind] = text;
    tracker.add(kind, { url: location.pathname, ...about });
  };

  const look = () => {
    const found = product();
    if (found?.name) tell("product", found);
    const held = basket();
    if (held) tell("basket", held);
    const sold = selling();
    if (sold) tell(...sold);
    const layer = window.dataLayer ?? [];
    for (; read < layer.length && Array.isArray(layer); read++) {
      const said = quiet(told)(layer[read]);
      if (said) tell(...said);
    }
  };
  const lookSoon = () => SETTLES.forEach((after) => setTimeout(() => soon(look), after));

  const utm = () => {
    const found = {};
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (/^utm_(source|medium|campaign|content|term)$/.test(name)) found[name.slice(4)] = value.slice(0, 200);
    }
    return found;
  };

  const spent = () => {
    if (since) shown += Date.now() - since;
    since = document.visibilityState === "visible" ? Date.now() : 0;
    return shown;
  };

  const leave = () => {
    const seconds = Math.round(spent() / 1000);
    if (path && (seconds || !hasLeft)) tracker.add("leave", { url: path.split("?")[0], seconds, depth });
    shown = 0;
    hasLeft = true;
  };

  const enter = () => {
    if (path === location.pathname + location.search) return;
    if (path) leave();
    path = location.pathname + location.search;
    seen = {};
    depth = shown = 0;
    hasLeft = isIdle = false;
    since = document.visibilityState === "visible" ? Date.now() : 0;
    soon(() => {
      tracker.add("page", { url: location.pathname, title: document.title.slice(0, 300), from: before.split(/[?#]/)[0].slice(0, 500), utm: utm(), ref: new URLSearchParams(location.search).get("vf") ?? "" });
      before = location.href;
    });
    lookSoon();
  };

  for (const name of ["pushState", "replaceState"]) {
    const usual = history[name];
    history[name] = function (...given) {
      const answer = usual.apply(this, given);
      setTimeout(quiet(enter));
      return answer;
    };
  }
  on(window, "popstate", () => setTimeout(quiet(enter)));
  on(window, "pageshow", (event) => { if (event.persisted) { path = ""; enter(); } });
  on(document, "click", lookSoon);
  on(document, "change", lookSoon);
  on(document, "submit", (event) => {
    tracker.add("form", { url: location.pathname, ...form(event.target, tracker.settings().forms) });
  });
  on(document, "mouseout", (event) => {
    if (!event.relatedTarget && event.clientY <= 0) tell("exit", {});
  });
  on(document, "scroll", () => {
    const { scrollHeight } = document.documentElement;
    depth = Math.max(depth, Math.min(100, Math.round(((scrollY + innerHeight) / scrollHeight) * 100)));
  });
  const active = () => {
    clearTimeout(idle);
    if (!isIdle) idle = setTimeout(quiet(() => { isIdle = true; tell("idle", { seconds: IDLE / 1000 }); }), IDLE);
  };
  for (const name of ["pointerdown", "keydown", "scroll", "pointermove"]) on(document, name, active);
  active();
  on(document, "visibilitychange", () => {
    if (document.visibilityState === "hidden") { leave(); tracker.flush(true); } else spent();
  });
  on(window, "pagehide", () => { leave(); tracker.flush(true); });
  tracker.onReset = () => { path = ""; enter(); };

  enter();
  const before_us = window.voronka;
  window.voronka = tracker;
  if (Array.isArray(before_us)) before_us.forEach(tracker.push);
})();
