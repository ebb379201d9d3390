// What all widgets are made of: a frame above the page that moves nothing in it, and pieces with texts only. Nothing
// here reads markup from anybody: elements are made one by one, so a policy of trusted types has nothing to forbid.

import { contrast, dress, light, SVG } from "../shadow.js";

const WORDS = {
  ru: {
    close: "Закрыть", until: "до {} по вашим часам", left: "осталось", over: "Время вышло: предложение больше не действует.",
    true: "Срок настоящий: он не начнётся заново, если обновить страницу.", after: "После {} цена снова {}.",
    phone: "Телефон", email: "Почта", either: "Телефон или почта", name: "Ваше имя", code: "Ваш код", copy: "Скопировать",
    copied: "Скопировано", fail: "Не получилось. Попробуйте ещё раз.", kept: "Как храним данные", by: "на Воронке",
    once: "Закроете — больше не покажем.", yes: "Отправить",
  },
  en: {
    close: "Close", until: "until {} by your clock", left: "left", over: "The time is over: this offer holds no more.",
    true: "The time is real: it does not begin anew when you reload the page.", after: "After {} the price is {} again.",
    phone: "Phone", email: "E-mail", either: "Phone or e-mail", name: "Your name", code: "Your code", copy: "Copy",
    copied: "Copied", fail: "It did not work. Try again.", kept: "How we keep your data", by: "by Voronka",
    once: "Close it, and it will not come again.", yes: "Send",
  },
};
const CSS = `
:host{all:initial;position:fixed;inset:auto;width:0;height:0;z-index:2147483000}
*{box-sizing:border-box;margin:0;padding:0;font:inherit;letter-spacing:inherit}
.w{color:var(--ink);font:400 15px/21px var(--letters);font-variant-numeric:tabular-nums;text-align:left;-webkit-font-smoothing:antialiased}
ol,ul{list-style:none}b,strong{font-weight:700}
button{border:0;background:none;color:inherit;text-align:inherit;cursor:pointer}
button:is([disabled],[aria-disabled=true]){cursor:default;opacity:.55}
h2{font-size:20px;line-height:26px;font-weight:700;letter-spacing:-.01em;text-wrap:balance;padding-right:36px}
h2:focus,.card:focus,.modal:focus{outline:0}
:focus-visible{outline:2px solid var(--brand-ink);outline-offset:2px}
.card,.modal,.bar{position:fixed;background:var(--sheet);box-shadow:0 0 0 1px rgb(0 0 0/.1),0 4px 12px rgb(0 0 0/.08),0 24px 64px rgb(0 0 0/.18)}
.card,.modal{border-radius:calc(var(--r) + 4px);max-height:calc(100vh - 32px);overflow:auto;overscroll-behavior:contain}
.card{bottom:32px;right:32px;width:440px;max-width:calc(100vw - 32px);padding:22px 24px 12px}
.left .card{right:auto;left:32px}
.veil{position:fixed;inset:0;display:flex;align-items:flex-start;justify-content:center;padding:16px;background:rgb(20 19 17/.42);overflow:auto}
.modal{position:relative;width:472px;max-width:100%;margin-top:min(96px,8vh);padding:28px 28px 12px}
.modal.wide{width:664px}
.x{position:absolute;right:8px;top:8px;display:grid;place-items:center;width:44px;height:44px;color:var(--ink-2)}
.bar{left:0;right:0;display:flex;align-items:center;justify-content:center;flex-wrap:wrap;gap:4px 20px;padding:8px 60px 8px 20px;min-height:60px}
.bar.top{top:0}.bar.bottom{bottom:0}.bar .main{width:auto;min-height:44px}.bar p{margin:0}
.main,.plain{min-height:52px;padding:6px 20px;border-radius:var(--r);font-size:16px;text-align:center;text-decoration:none}
.main{display:block;width:100%;background:var(--brand);color:var(--on);font-weight:700}
a.main{display:grid;place-items:center}
.plain{border:1px solid var(--edge);color:var(--ink)}
.two{display:flex;align-items:stretch;gap:10px}.two .main{flex:1}
.lead{margin-top:4px;color:var(--ink-2)}.text{margin-top:8px;white-space:pre-line}
.field{display:block;margin:14px 0 12px}.field span{display:block;margin-bottom:4px;color:var(--ink-2);font-size:13px;line-height:18px}
.field input,.field select{width:100%;height:48px;padding:0 12px;border:1px solid var(--edge);border-radius:var(--r);background:var(--sheet);color:var(--ink);font-size:17px}
input::placeholder{color:var(--ink-2);opacity:1}
.tick{display:flex;gap:10px;min-height:44px;align-items:center;margin:0 0 10px;font-size:13px;line-height:18px;color:var(--ink-2)}
.tick input{flex:none;width:20px;height:20px;accent-color:var(--brand-ink)}
.small{margin-top:10px;color:var(--ink-2);font-size:13px;line-height:18px}
a{color:inherit}.small a,.tick a{text-decoration:underline;text-underline-offset:2px}
.by{margin-top:8px;color:var(--ink-2);font-size:11px;line-height:16px;text-align:right}
.why{margin:0 0 10px;color:var(--bad);font-size:14px;line-height:20px}
.code{display:flex;align-items:center;justify-content:space-between;gap:12px;margin:14px 0 8px;padding:4px 4px 4px 14px;border:1px dashed var(--edge);border-radius:var(--r)}
.code b{font-size:20px;line-height:28px;letter-spacing:.04em;user-select:all;overflow-wrap:anywhere}
.code button{min-height:44px;padding:0 14px;border-radius:var(--r);background:var(--soft);font-size:14px}
.price{display:flex;align-items:baseline;gap:12px;margin:12px 0 16px}.price b{font-size:34px;line-height:40px;letter-spacing:-.02em}.price s{color:var(--ink-2);font-size:17px}
.timer{display:block;width:100%;margin-top:12px}.timer path{stroke:var(--ink);stroke-width:2}.timer .gone{stroke:var(--line)}.timer .now{stroke:var(--brand-ink);stroke-width:3}
.until{display:flex;justify-content:space-between;gap:8px;margin:4px 0 12px}
.true{margin-top:10px;color:var(--ink-2);font-size:14px;line-height:20px}
.pill{position:fixed;bottom:32px;right:32px;display:inline-flex;align-items:center;gap:10px;min-height:48px;padding:0 18px;border-radius:24px;background:var(--brand);color:var(--on);font-weight:700;box-shadow:0 4px 16px rgb(0 0 0/.18)}
.left .pill{right:auto;left:32px}
@media(prefers-reduced-motion:no-preference){.card,.modal,.bar,.pill{animation:in .18s ease-out}@keyframes in{from{opacity:0;transform:translateY(8px)}}}
@media(max-width:767px){
.card,.modal,.modal.wide{position:fixed;inset:auto 0 0;width:auto;max-width:none;margin:0;padding:18px 16px calc(8px + env(safe-area-inset-bottom));border-radius:16px 16px 0 0}
.left .card{left:0}.bar{justify-content:flex-start;padding:10px 56px 10px 16px}.pill{right:16px;bottom:16px}.left .pill{left:16px}}
@media print{:host{display:none}}`;

const lightness = (colour) => {
  const found = /^#(..)(..)(..)$/.exec(colour);
  const parts = found ? found.slice(1).map((one) => parseInt(one, 16)) : (colour.match(/[\d.]+/g) ?? []).map(Number);
  if (parts.length < 3 || parts[3] === 0) return null;
  return light(parts);
};

/** The pieces of widgets for one page: `look` of the site, the script's nonce, the page's language. */
export function makeUi(look, nonce, language) {
  const lang = /^en/i.test(language) ? "en" : "ru", words = WORDS[lang];

  /** An element: texts become texts, functions become listeners. */
  const h = (name, about, ...inside) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(about ?? {})) {
      if (typeof value === "function") made.addEventListener(key, value);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value != null) made.setAttribute(key, value);
    }
    made.append(...inside.flat(3).filter((one) => one != null && one !== false && one !== ""));
    return made;
  };
  const drawn = (name, about, ...inside) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(about)) made.setAttribute(key, value);
    made.append(...inside);
    return made;
  };
  const icon = (path) => drawn("svg", { viewBox: "0 0 24 24", width: 20, height: 20, fill: "none", stroke: "currentColor", "stroke-width": 1.6, "aria-hidden": "true" }, drawn("path", { d: path }));
  const say = (text, ...given) => given.reduce((said, one) => said.replace("{}", one), text);
  const money = (sum, currency) => {
    const whole = Number(sum) % 1 === 0;
    return new Intl.NumberFormat(lang, { style: "currency", currency: currency || "RUB", currencyDisplay: "narrowSymbol", minimumFractionDigits: whole ? 0 : 2, maximumFractionDigits: 2 }).format(sum);
  };
  const clock = (at) => new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", ...(at - Date.now() > 43200000 ? { day: "numeric", month: "long" } : {}) }).format(at);
  const count = (left) => {
    const all = Math.max(0, Math.ceil(left / 1000)), two = (one) => `${one}`.padStart(2, "0");
    const hours = Math.floor(all / 3600);
    return `${hours ? `${hours}:` : ""}${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  };
  // The shop's own words lead where they say; only web addresses do.
  const link = (address) => (/^(\/(?!\/)|https?:\/\/)/.test(address ?? "") ? address : "");

  const paint = (host) => {
    const page = getComputedStyle(document.body), shade = lightness(page.backgroundColor);
    const isDark = look.shade === "dark" || (look.shade === "page" && shade !== null && shade < 0.18);
    const brand = look.brand || "#2f4b3c", bright = lightness(brand) ?? 0;
    const sheet = isDark ? "#1d1c1a" : "#ffffff", ground = lightness(sheet);
    const all = {
      brand, on: contrast(bright, 1) >= contrast(bright, 0.01) ? "#ffffff" : "#171614",
      "brand-ink": contrast(bright, ground) >= 3 ? brand : isDark ? "#f1efea" : "#22211e",
      sheet, ink: isDark ? "#f1efea" : "#22211e", "ink-2": isDark ? "#b4b0a8" : "#5d5a54", bad: isDark ? "#ff9d8f" : "#a3271b",
      soft: isDark ? "#2a2926" : "#f1f1ee", line: isDark ? "#3c3a36" : "#dedcd6", edge: isDark ? "#8b877f" : "#85817a",
      r: `${look.corners ?? 8}px`, letters: look.letters === "system" ? "system-ui,sans-serif" : page.fontFamily || "sans-serif",
    };
    for (const [name, value] of Object.entries(all)) host.style.setProperty(`--${name}`, value);
  };

  /** Put a frame above the page. `view`: place (middle, corner, top, bottom), label, nodes, css, wide. */
  const open = (view, { isAsked, onClose }) => {
    const host = document.createElement("div"), before = document.activeElement;
    host.dataset.voronka = "widget";
    paint(host);
    const root = host.attachShadow({ mode: "open" });
    dress(root, CSS + (view.css ?? ""), nonce);
    const isModal = view.place === "middle", isBar = view.place === "top" || view.place === "bottom";
    let isOpen = true;
    const end = (why) => {
      if (!isOpen) return;
      isOpen = false;
      document.removeEventListener("keydown", keys, true);
      const held = root.activeElement;
      host.remove();
      if ((isModal || held) && before?.isConnected) before.focus?.({ preventScroll: true });
      onClose(why);
    };
    const close = h("button", { type: "button", class: "x", "aria-label": words.close, click: () => end("closed") }, icon("M6 6l12 12M18 6L6 18"));
    const holds = h("div", { class: "in" });
    const box = isBar
      ? h("section", { class: `bar ${view.place}`, "aria-label": view.label }, close)
      : h("div", { class: isModal ? `modal${view.wide ? " wide" : ""}` : "card", role: isModal || isAsked ? "dialog" : "region", "aria-label": view.label, "aria-modal": isModal && "true", tabindex: "-1" }, holds, close, look.signed !== false && h("p", { class: "by" }, words.by));
    const fill = (...nodes) => {
      const had = root.activeElement;
      if (isBar) box.replaceChildren(...nodes.flat(3).filter(Boolean), close);
      else holds.replaceChildren(...nodes.flat(3).filter(Boolean));
      if (had && !root.activeElement) (holds.querySelector("h2,input,button") ?? box).focus({ preventScroll: true });
    };
    const stops = () => [...root.querySelectorAll("a[href],button:not([disabled]),input,select")].filter((one) => one.getClientRects().length);
    const keys = (event) => {
      if (event.key === "Escape" && (isModal || root.activeElement)) {
        event.stopPropagation();
        end("closed");
      } else if (event.key === "Tab" && isModal) {
        const all = stops(), at = all.indexOf(root.activeElement), last = all.length - 1;
        const to = event.shiftKey ? (at <= 0 ? last : -1) : at === last || at < 0 ? 0 : -1;
        if (to >= 0) { event.preventDefault(); all[to]?.focus(); }
      }
    };
    const wrap = h("div", { class: `w${look.side === "left" ? " left" : ""}` }, isModal ? h("div", { class: "veil", pointerdown: (event) => { if (event.target === event.currentTarget) end("closed"); } }, box) : box);
    root.append(wrap);
    fill(...view.nodes.flat(3));
    document.documentElement.append(host);
    document.addEventListener("keydown", keys, true);
    if (!look.still && (isModal || isAsked)) box.focus({ preventScroll: true });
    return { end, fill, root, box };
  };

  /** A small thing in the corner that opens something again. */
  const pill = (text, press) => {
    const host = document.createElement("div");
    host.dataset.voronka = "pill";
    paint(host);
    const root = host.attachShadow({ mode: "open" });
    dress(root, CSS, nonce);
    const said = h("span", null, text);
    root.append(h("div", { class: `w${look.side === "left" ? " left" : ""}` }, h("button", { class: "pill", type: "button", click: press }, said)));
    document.documentElement.append(host);
    return { say: (other) => { said.textContent = other; }, end: () => host.remove() };
  };

  const heading = (text) => h("h2", { tabindex: "-1" }, text);
  const field = (label, about) => h("label", { class: "field" }, h("span", null, label), h("input", { maxlength: 254, ...about }));
  const tick = (text, policy) => {
    const address = link(policy), box = h("input", { type: "checkbox" });
    return { box, node: h("label", { class: "tick" }, box, h("span", null, text, " ", address && h("a", { href: address, target: "_blank", rel: "noopener" }, words.kept))) };
  };
  /** The true timer: an hour, or whatever the whole was, as sixty ticks; what is gone is pale. */
  const timer = (api) => {
    if (!api.ends) return null;
    const ticks = Array.from({ length: 60 }, (_, at) => drawn("path", {}));
    const scale = drawn("svg", { class: "timer", viewBox: "0 0 420 26", height: 26, preserveAspectRatio: "none", "aria-hidden": "true" }, ...ticks);
    const rest = h("b", { role: "timer", "aria-live": "off" });
    api.tick((left) => {
      const gone = 60 - Math.ceil((left / api.whole) * 60);
      ticks.forEach((one, at) => {
        one.setAttribute("class", at < gone ? "gone" : at === gone ? "now" : "");
        one.setAttribute("d", `M${at * 7 + 3.5} ${at % 10 ? (at === gone ? 0 : 6) : 2}V24`);
      });
      rest.textContent = count(left);
    });
    return h("div", null, scale, h("p", { class: "until" }, h("span", null, say(words.until, clock(api.ends))), h("span", null, words.left, " ", rest)));
  };
  /** The code that was given. */
  const code = (text) => {
    if (!text) return null;
    const press = async () => {
      try { await navigator.clipboard.writeText(text); } catch { return; }
      copy.textContent = words.copied;
    };
    const copy = h("button", { type: "button", click: press }, words.copy);
    return h("div", { class: "code", role: "group", "aria-label": words.code }, h("b", null, text), copy);
  };
  /** A button that acts once at a time, and what the server says of it. `read` gives the answers. */
  const acting = (api, text, read, done) => {
    const why = h("p", { class: "why", role: "alert", hidden: true });
    let isBusy = false;
    // Not by `disabled`: that takes the focus away, and a reader would be thrown out of the widget.
    const press = async () => {
      if (isBusy) return;
      isBusy = true;
      button.setAttribute("aria-disabled", "true");
      why.hidden = true;
      const said = await api.act(read?.() ?? {});
      if (said && said.status === 200) await done(said);
      else {
        why.textContent = said?.message ?? words.fail;
        why.hidden = false;
        button.focus();
      }
      button.removeAttribute("aria-disabled");
      isBusy = false;
    };
    const button = h("button", { class: "main", type: "button", click: press }, text || words.yes);
    return { button, why, press };
  };
  /** Contact and consent, where they are asked for. */
  const contact = (content, press) => {
    const wanted = content.contact ?? "none";
    if (wanted === "none") return { nodes: [], read: () => ({}) };
    const type = wanted === "phone" ? "tel" : wanted === "email" ? "email" : "text";
    const typed = field(words[wanted], { type, autocomplete: wanted === "phone" ? "tel" : wanted === "email" ? "email" : "on", keydown: (event) => event.key === "Enter" && press()() });
    const agreed = tick(content.consent, content.policy);
    return { nodes: [typed, agreed.node], read: () => ({ contact: typed.querySelector("input").value, consent: agreed.box.checked }) };
  };
  /** What stands there once it is done: thanks, the code, its time, where to go on. */
  const done = (api, content, said) => [
    heading(content.title), said.thanks && h("p", { class: "text", role: "status" }, said.thanks), code(said.code),
    said.code && timer(api),
    link(content.link) ? h("a", { class: "main", href: link(content.link) }, content.button || content.title) : null,
  ];

  return { h, drawn, icon, say, words, lang, money, clock, count, link, open, pill, heading, field, tick, timer, code, acting, contact, done };
}

/** Put a showing on the page. `act` tells the server, `onClose` hears why it went; gives what ends it. */
export function present(ui, show, make, { act, onClose }) {
  const ends = show.left == null ? 0 : Date.now() + show.left, ticks = [];
  let frame = null, small = null, timer = 0, isOver = false;
  const end = (why) => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    small?.end();
    frame?.end(why);
    onClose(why);
  };
  const api = {
    ends, whole: show.whole || 1, act, close: () => end("closed"),
    fill: (...nodes) => frame?.fill(...nodes),
    tick: (hears) => { ticks.push(hears); hears(Math.max(0, ends - Date.now())); },
  };
  const open = () => {
    ticks.length = 0;
    small?.end();
    small = null;
    const view = make(ui, show, api);
    frame = ui.open(view, { isAsked: show.asked || show.again, onClose: end });
  };
  if (ends) {
    timer = setInterval(() => {
      const left = ends - Date.now();
      if (left > 0) { ticks.forEach((hears) => hears(left)); return; }
      clearInterval(timer);
      if (small) end("over");
      else api.fill(ui.h("p", { class: "text", role: "status" }, ui.words.over));
    }, 1000);
  }
  // What was there before this page came waits in the corner: it interrupts nobody twice.
  if (show.again && ends && !show.asked && show.kind !== "bar") {
    small = ui.pill("", open);
    const text = () => `${show.content.button || show.content.title} · ${ui.count(ends - Date.now())}`;
    api.tick(() => small?.say(text()));
  } else open();
  return { end, root: () => frame?.root };
}
