// <v-press-bar>: hot keys of the page and the place where a press asks its question (#v-ask).
// Digits and letters act only outside inputs; letters go by the place of the key, so the layout does not matter.
// In an open strip or menu the digits belong to it. Esc goes back to the press, focus returns there.
import { isWriting } from "./net.js";

const shown = (node) => node.getClientRects().length > 0 && getComputedStyle(node).visibility !== "hidden";
const press = (node) => { node.focus({ preventScroll: true }); node.click(); };

/** The digit of a key, of either row, or "". */
export const digitOf = (event) => (/^(?:Digit|Numpad)(\d)$/.exec(event.code) || [])[1] || "";

class PressBar extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.key(event);
    this.onSwap = (event) => { if (event.detail.target?.id === "v-ask") this.opened(); };
    this.onSend = (event) => this.sent(event);
    this.onDone = (event) => this.done(event);
    this.onClick = (event) => this.click(event);
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("htmx:afterSwap", this.onSwap);
    this.addEventListener("htmx:beforeSend", this.onSend);
    this.addEventListener("htmx:afterRequest", this.onDone);
    this.addEventListener("click", this.onClick);
    if (this.ask?.firstElementChild) this.opened(false);
  }

  disconnectedCallback() { document.removeEventListener("keydown", this.onKey); }

  get ask() { return this.querySelector(".v-ask"); }
  get isAsking() { return !!this.ask?.firstElementChild; }

  /** Which press the open question belongs to. */
  get asked() {
    const key = this.ask?.firstElementChild?.dataset.for;
    return key ? this.querySelector(`.v-press[data-press="${CSS.escape(key)}"]`) : this.querySelector(".v-press.is-open");
  }

  opened(focus = true) {
    for (const one of this.querySelectorAll(".v-press.is-open")) one.classList.remove("is-open");
    this.asked?.classList.add("is-open");
    if (!focus || !this.isAsking) return;
    const inside = this.ask.querySelector("[data-commit], [role=menuitem].is-on, [role=menuitem], input:not([type=hidden]), select, textarea, button");
    const wanted = this.ask.querySelector("[autofocus]") || this.ask.querySelector(".is-pick button") || inside;
    wanted?.focus({ preventScroll: true });
  }

  /** Closes the question and gives the focus back to its press. */
  close() {
    const from = this.asked;
    this.ask.replaceChildren();
    for (const one of this.querySelectorAll(".v-press.is-open")) one.classList.remove("is-open");
    from?.querySelector(".v-press-do")?.focus({ preventScroll: true });
  }

  click(event) {
    const back = event.target.closest("[data-back]");
    if (back && this.isAsking && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.close();
    } else if (event.target.closest(".v-press-do[aria-disabled=true]")) {
      event.preventDefault();
    } else if (event.target === this.ask) {
      this.close();
    }
  }

  sent(event) {
    // A press that asks first answers at once too: its question may be long on its way.
    if (event.detail.requestConfig?.verb !== "post" && event.detail.target?.id !== "v-ask") return;
    this.mark(event.target.closest(".v-press") || this.asked, "aria-busy");
  }

  /** A question that was answered goes, unless the server put a new one in its place. */
  done(event) {
    this.mark(null, "aria-busy");
    const { successful, requestConfig, elt } = event.detail;
    if (successful && requestConfig?.verb === "post" && elt.isConnected && this.ask?.contains(elt)) this.close();
  }

  /** The pressed one answers at once, before the server does. */
  mark(node, name) {
    for (const one of this.querySelectorAll(`.v-press[${name}]`)) one.removeAttribute(name);
    node?.setAttribute(name, "true");
  }

  key(event) {
    if (event.defaultPrevented || event.repeat || document.querySelector("dialog[open], .v-veil:not([hidden])")) return;
    if (event.key === "Escape" && this.isAsking) { event.preventDefault(); this.close(); return; }
    if (isWriting(event) || event.ctrlKey || event.metaKey || event.altKey || this.isAsking) return;
    const digit = digitOf(event);
    if (this.querySelector(".v-presses[inert]")) return; // the next client is drawn, but not given yet
    const target = digit && digit !== "0" && digit !== "9"
      ? this.querySelector(`.v-press[data-press="${digit}"] .v-press-do`)
      : null;
    if (target) { event.preventDefault(); press(target); }
  }
}

/** Anything with data-hotkey: "0", "9", "Enter", "KeyN", "Alt+Digit3", "Control+Enter". An input takes focus, the rest is pressed. */
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || document.querySelector("dialog[open], .v-veil:not([hidden])")) return;
  const held = [event.ctrlKey || event.metaKey ? "Control" : "", event.altKey ? "Alt" : ""].filter(Boolean).join("+");
  if (!held && isWriting(event)) return;
  const asking = document.querySelector(".v-ask > *");
  for (const node of document.querySelectorAll("[data-hotkey]")) {
    if (!matches(node.dataset.hotkey, event, held) || !shown(node) || node.closest("[inert]")) continue;
    if (asking && !asking.contains(node) && node.dataset.hotkey !== "KeyZ") continue;
    if (!held && event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    event.preventDefault();
    if (node.matches("input, textarea, select")) node.focus(); else press(node);
    return;
  }
});

const matches = (wanted, event, held) => {
  const parts = wanted.replace("Ctrl ", "Control+").split("+"), key = parts.pop(), mods = parts.join("+");
  if (mods !== held) return false;
  if (/^\d$/.test(key)) return digitOf(event) === key;
  return event.code === key || event.key === key;
};

/** <v-menu>: outcomes of a press. Digits choose, arrows move, Enter presses. */
class Menu extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("focusin", (event) => this.choose(event.target.closest("[role=menuitem]")));
    const first = this.items.find((item) => item.classList.contains("is-on")) || this.items[0];
    if (first) first.tabIndex = 0;
  }

  disconnectedCallback() { document.removeEventListener("keydown", this.onKey); }
  get items() { return [...this.querySelectorAll("[role=menuitem]")]; }

  choose(item) {
    if (!item) return;
    for (const one of this.items) { one.classList.toggle("is-on", one === item); one.tabIndex = one === item ? 0 : -1; }
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event)) return;
    const items = this.items, at = items.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const digit = digitOf(event);
    if (step) { event.preventDefault(); items[(at + step + items.length) % items.length]?.focus(); }
    else if (event.key === "Home" || event.key === "End") { event.preventDefault(); items.at(event.key === "Home" ? 0 : -1)?.focus(); }
    else if (digit && items[digit - 1] && !event.repeat) { event.preventDefault(); press(items[digit - 1]); }
  }
}

/** <v-ask>: a question with fields; only holds the focus inside. */
class Ask extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", (event) => {
      if (event.key !== "Tab") return;
      const stops = [...this.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")].filter((node) => !node.disabled && node.tabIndex >= 0 && shown(node));
      const edge = event.shiftKey ? stops[0] : stops.at(-1);
      if (document.activeElement === edge) { event.preventDefault(); (event.shiftKey ? stops.at(-1) : stops[0]).focus(); }
    });
  }
}

customElements.define("v-press-bar", PressBar);
customElements.define("v-menu", Menu);
customElements.define("v-ask", Ask);
