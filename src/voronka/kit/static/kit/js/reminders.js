// <v-reminders data-url data-sound>: what is due, on every page, until it is dealt with. Asked for when the page opens, when it
// wakes, when the connection is back, when the server tells, and once a minute: a notice lost on the way loses nothing.
// Of several open tabs one speaks (sound, notice of the browser): the one that holds the lock. <v-notify> asks leave for notices.
import { headers, sayFailed } from "./net.js";
import { keepDevice } from "./push.js";

const EVERY = 60000, HEARD = "v-reminders-heard";

class Reminders extends HTMLElement {
  connectedCallback() {
    this.look = this.look.bind(this);
    this.onWake = () => { if (!document.hidden) this.soon(); };
    this.onLive = () => this.soon();
    for (const name of ["live:reminder", "live:notice", "live:open"]) document.addEventListener(name, this.onLive);
    document.addEventListener("visibilitychange", this.onWake);
    for (const name of ["online", "focus", "pageshow"]) addEventListener(name, this.onWake);
    document.addEventListener("resume", this.onWake);
    this.addEventListener("submit", (event) => this.act(event));
    this.tabs = new BroadcastChannel("v-reminders");
    this.tabs.onmessage = () => this.soon();
    this.speaker = this.claim();
    this.clock = setInterval(() => { if (Date.now() - (this.at || 0) >= EVERY - 1000) this.look(); }, 15000);
    this.look();
  }

  disconnectedCallback() {
    for (const name of ["live:reminder", "live:notice", "live:open"]) document.removeEventListener(name, this.onLive);
    document.removeEventListener("visibilitychange", this.onWake);
    for (const name of ["online", "focus", "pageshow"]) removeEventListener(name, this.onWake);
    document.removeEventListener("resume", this.onWake);
    this.tabs.close();
    clearInterval(this.clock);
    clearTimeout(this.timer);
    this.letGo?.();
  }

  /** One tab holds the lock while it lives; the next in line takes over when it closes. */
  claim() {
    this.speaks = !navigator.locks;
    navigator.locks?.request("v-reminders-voice", () => new Promise((resolve) => { this.speaks = true; this.letGo = resolve; })).catch(() => {});
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.timer = 0; this.look(); }, 120);
  }

  async look() {
    if (this.asking) { this.again = true; return; }
    this.asking = true;
    try {
      const response = await fetch(this.dataset.url, { headers: { "HX-Request": "true", Accept: "text/html" }, cache: "no-store" });
      if (response.ok) { this.at = Date.now(); this.show(await response.text()); }
    } catch { /* no connection: asked again when it is back */ } finally {
      this.asking = false;
      if (this.again) { this.again = false; this.soon(); }
    }
  }

  /** The answer is our own template, escaped by the server. */
  show(html) {
    const busy = this.contains(document.activeElement) && document.activeElement !== document.body;
    const held = busy ? document.activeElement.closest(".v-reminder")?.dataset.id : "";
    this.innerHTML = html;
    const state = this.firstElementChild;
    if (!state) return;
    for (const bell of document.querySelectorAll("[data-bell]")) {
      const count = bell.querySelector("[data-bell-count]"), due = Number(state.dataset.due);
      bell.classList.toggle("is-on", due > 0);
      count.hidden = due === 0;
      count.textContent = due;
      bell.setAttribute("aria-label", bell.getAttribute("aria-label").replace(/\d+/, due));
    }
    keepDevice(state.dataset);
    if (held) this.querySelector(`.v-reminder[data-id="${held}"] button`)?.focus();
    this.speak(state);
  }

  speak(state) {
    const newest = state.dataset.newest;
    if (!newest || newest <= (localStorage.getItem(HEARD) || "")) return;
    // A tab that does not speak leaves the word to the one that does.
    if (!this.speaks) { this.tabs.postMessage("look"); return; }
    localStorage.setItem(HEARD, newest);
    const card = [...this.querySelectorAll(".v-reminder")].at(-1);
    if (!card) { this.missed(state); return; }
    this.dispatchEvent(new CustomEvent("v-reminders:spoke", { bubbles: true, detail: { id: card.dataset.id } }));
    if (state.dataset.sound === "1") playSound(this.dataset.sound);
    if (document.hidden && window.Notification?.permission === "granted") this.notify(card);
  }

  /** A notice of the browser, where the device has not been told by a push of the same. */
  async notify(card) {
    const worker = await navigator.serviceWorker?.getRegistration();
    const pushed = await worker?.getNotifications?.({ tag: card.dataset.id });
    if (!pushed?.length) {
      const note = new Notification(card.dataset.what, { body: card.dataset.more, tag: card.dataset.id, renotify: true });
      note.onclick = () => { window.focus(); note.close(); };
    }
  }

  /** After hours away one sound for all that was missed. */
  missed(state) {
    this.dispatchEvent(new CustomEvent("v-reminders:spoke", { bubbles: true, detail: { id: "missed" } }));
    if (state.dataset.sound === "1") playSound(this.dataset.sound);
  }

  async act(event) {
    const form = event.target.closest("[data-reminder-act]");
    if (!form) return;
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    try {
      const response = await fetch(form.action, { method: "POST", body, headers: { ...headers(), "HX-Request": "true" } });
      if (!response.ok) throw new Error(String(response.status));
      this.show(await response.text());
      this.tabs.postMessage("look");
    } catch { sayFailed(navigator.onLine ? "server" : "offline"); }
  }
}

/** A browser lets a page sound only after somebody has touched it: silence is no error. */
export const playSound = (address) => { new Audio(address).play().catch(() => {}); };

class Notify extends HTMLElement {
  connectedCallback() {
    this.ask = this.querySelector("[data-ask]");
    this.said = this.querySelector("[role=status]");
    this.ask.addEventListener("click", () => window.Notification?.requestPermission().then(() => this.draw()));
    this.querySelector("[data-try]")?.addEventListener("click", () => playSound(document.querySelector("v-reminders").dataset.sound));
    this.draw();
  }

  draw() {
    const state = window.Notification?.permission || "denied";
    this.ask.hidden = state !== "default";
    this.said.textContent = state === "granted" ? this.dataset.on : state === "denied" ? this.dataset.off : "";
  }
}

customElements.define("v-reminders", Reminders);
customElements.define("v-notify", Notify);
