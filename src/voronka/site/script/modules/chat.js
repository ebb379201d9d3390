// The launcher of the company's chat: a round button in a corner. The panel comes when it is pressed, or when the
// visitor has a talk here already. Nothing is kept or sent before he has asked for it himself.
import { dress, isDark, node, sign, tones } from "../shadow.js";

const KEY = "voronka.talk", GAP = 12, MOST_LIFT = 240;
const CSS = `
:host { all: initial; position: fixed; z-index: 2147483000; inset-block-end: 0; inset-inline: 0; height: 0; color-scheme: light; }
:host([dark]) { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button { font: inherit; color: inherit; cursor: pointer; -webkit-tap-highlight-color: transparent; }
svg { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; display: block; }
:focus-visible { outline: 3px solid var(--tone); outline-offset: 2px; }
.launch { position: fixed; inset-block-end: calc(20px + var(--lift, 0px) + env(safe-area-inset-bottom, 0px)); right: calc(20px + env(safe-area-inset-right, 0px));
  width: 56px; height: 56px; border: 2px solid var(--ring); border-radius: 50%; background: var(--tone); color: var(--upon); padding: 0;
  display: grid; place-items: center; box-shadow: 0 4px 16px rgb(0 0 0 / .24); font: 600 13px/1 system-ui, sans-serif; }
.launch.is-left { right: auto; left: calc(20px + env(safe-area-inset-left, 0px)); }
.launch b { position: absolute; top: -6px; right: -6px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; background: #b3261e; color: #fff; line-height: 22px; text-align: center; }
.failed { position: fixed; inset-block-end: calc(88px + env(safe-area-inset-bottom, 0px)); right: 20px; max-width: 260px; padding: 10px 14px; border-radius: 10px;
  background: #fff; color: #1d1c1a; font: 14px/1.4 system-ui, sans-serif; box-shadow: 0 4px 16px rgb(0 0 0 / .24); }
.failed.is-left { right: auto; left: 20px; }
@media print { :host { display: none; } }
`;

/** The key of his talk: in this tab's storage, and in the browser's where he may be followed. */
function keeper(kit) {
  let memory = "";
  const each = (act) => [() => sessionStorage, () => localStorage].map((one) => kit.quiet(() => act(one()))());
  return {
    get: () => memory || each((place) => place.getItem(KEY)).find(Boolean) || "",
    set: (key) => {
      memory = key;
      kit.quiet(() => sessionStorage.setItem(KEY, key))();
      if (kit.may()) kit.quiet(() => localStorage.setItem(KEY, key))();
    },
    drop: () => { memory = ""; each((place) => place.removeItem(KEY)); },
  };
}

export default function chat(kit, said) {
  const words = said.words[document.documentElement.lang.startsWith("en") ? "en" : "ru"], side = said.side === "left" ? " is-left" : "";
  const host = node("div"), root = host.attachShadow({ mode: "open" }), key = keeper(kit);
  host.dataset.voronka = "chat";
  dress(root, CSS, kit.nonce);
  const count = node("b", { hidden: true, "aria-hidden": "true" });
  const button = node("button", { type: "button", className: `launch${side}`, "aria-haspopup": "dialog", "aria-expanded": "false", onclick: kit.quiet(() => toggle()) },
    sign("M8 9h8M8 13h5", "M12.5 20.5 8 18H6a3 3 0 0 1-3-3V7a3 3 0 0 1 3-3h12a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3h-1z"), count);
  const failed = node("p", { className: `failed${side}`, role: "alert", hidden: true, textContent: words.failed });
  root.append(button, failed);
  let panel = null, coming = null;

  const shell = {
    root, key, words, said, button,
    unread: (many) => {
      count.hidden = !many;
      count.textContent = many > 99 ? "99+" : `${many}`;
      button.setAttribute("aria-label", many ? `${words.open}, ${words.new}: ${many}` : words.open);
    },
    /** The look of the page, which may have turned dark since. */
    paint: () => {
      const dark = isDark(), { colour, upon } = tones(said.colour, dark);
      host.toggleAttribute("dark", dark);
      host.style.setProperty("--tone", colour);
      host.style.setProperty("--upon", upon);
      host.style.setProperty("--ring", dark ? "rgb(255 255 255 / .28)" : "rgb(255 255 255 / .85)");
    },
  };

  const bring = () => (coming ??= kit.load("chatpanel")
    .then((module) => (panel = module.default(kit, shell)))
    .catch(() => { coming = null; }));

  const open = async (byItself) => {
    failed.hidden = true;
    await bring();
    if (panel) panel.open(byItself);
    else failed.hidden = false; // a blocker, or no network
  };
  const toggle = () => (panel?.isOpen() ? panel.close() : open());

  // What stays at the bottom of the page and is pressed (the price, "into the basket") is not covered: we go above it.
  const lift = () => {
    let raised = 0;
    if (panel?.isOpen()) return;
    host.style.setProperty("--lift", "0px");
    for (let step = 0; step < 4; step++) {
      const { left, right, top, bottom } = button.getBoundingClientRect();
      const under = [[left, bottom], [right, bottom], [(left + right) / 2, (top + bottom) / 2], [left, top], [right, top]]
        .flatMap(([x, y]) => document.elementsFromPoint(x, y)).map(fixed).find((one) => one && one !== host);
      const more = under ? bottom - under.getBoundingClientRect().top + GAP : 0;
      if (more <= 0 || raised + more > MOST_LIFT) break;
      raised += more;
      host.style.setProperty("--lift", `${raised}px`);
    }
  };
  const fixed = (one) => {
    for (let at = one; at && at !== document.body && at !== document.documentElement; at = at.parentElement) {
      const { position } = getComputedStyle(at);
      if (position === "fixed" || position === "sticky") return at.getBoundingClientRect().height < innerHeight / 2 ? at : null;
    }
    return null;
  };
  const settle = kit.quiet(() => { shell.paint(); lift(); });

  shell.unread(0);
  shell.settle = settle;
  document.body.append(host);
  settle();
  for (const after of [500, 2000]) setTimeout(settle, after);
  addEventListener("resize", settle);
  document.addEventListener("click", () => setTimeout(settle, 300), { passive: true });
  // Another person than before sees nothing of the first one's talk; who only takes consent back goes on with his own.
  kit.onForget((isAnother) => {
    if (!isAnother) return;
    key.drop();
    panel?.forget();
  });
  kit.chat = { open, close: () => panel?.close(), isOpen: () => !!panel?.isOpen() };
  if (key.get()) bring();
}
