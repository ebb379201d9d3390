// <v-chat>: the visitor's chat. Without it the page is a form that is sent and comes back.
// What is written gets an id here and goes until the server says that it has it; the server keeps one line an id. What came is
// asked for from the last line that stands here: when the stream says so, when it opens, when the page wakes.
import { headers } from "../../kit/js/net.js";

const FIRST = 1000, LONGEST = 15000, PATIENCE = 15000;

/** An id of 122 random bits; crypto.randomUUID is not there on pages without TLS. */
const makeId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

class Chat extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[data-lines]");
    this.form = this.querySelector(".v-chat-form");
    this.last = Number(this.dataset.last);
    this.seen = 0;
    this.delay = FIRST;
    this.stop = new AbortController();
    const { signal } = this.stop, wake = () => { if (!document.hidden) { this.delay = FIRST; this.send(); this.look(); } };
    document.addEventListener("live:talk", () => this.look(), { signal });
    document.addEventListener("live:open", () => { this.lost(false); wake(); }, { signal });
    document.addEventListener("visibilitychange", wake, { signal });
    addEventListener("online", () => { this.lost(false); wake(); }, { signal });
    addEventListener("offline", () => this.lost(true), { signal });
    this.form?.addEventListener("submit", (event) => { event.preventDefault(); this.take(event.submitter); }, { signal });
    this.form?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea") || !matchMedia("(pointer: fine)").matches) return;
      event.preventDefault();
      this.form.requestSubmit();
    }, { signal });
    this.form?.querySelector("[data-file]")?.addEventListener("change", (event) => this.bring(event.target), { signal });
    this.querySelector("[data-move]")?.addEventListener("submit", (event) => { event.preventDefault(); this.move(event.target); }, { signal });
    for (const one of this.kept()) this.draw(one);
    if ("begun" in this.dataset) this.listen();
    this.send();
    this.look();
    this.down();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
    clearTimeout(this.later);
  }

  /** What has been written and is not known to have come; it outlives the page. */
  kept() {
    try { return JSON.parse(sessionStorage.getItem(this.dataset.kept) || "[]"); } catch { return []; }
  }

  keep(rows) { sessionStorage.setItem(this.dataset.kept, JSON.stringify(rows)); }

  take(by) {
    const field = this.form.elements.text, choice = by?.name === "choice" ? by.value : "";
    const text = choice ? by.textContent.trim() : field.value.trim();
    if (!text) return;
    const one = { key: makeId(), text, choice };
    Object.assign(one, this.who());
    if (!choice) field.value = "";
    this.why("");
    this.keep([...this.kept(), one]);
    this.draw(one);
    this.down();
    this.send();
    field.focus();
  }

  /** What the form asks before the first message. */
  who() {
    const { name, contact, department, consent } = this.form.elements, said = {};
    for (const field of [name, contact, department]) if (field) said[field.name] = field.value;
    if (consent?.checked) said.consent = "yes";
    return said;
  }

  /** Sends a file at once, under one id however often it is tried; it does not outlive the page. */
  async bring(input) {
    const file = input.files[0];
    if (!file) return;
    const one = { key: makeId(), text: file.name };
    this.why("");
    this.draw(one);
    this.down();
    for (let wait = FIRST; ; wait = Math.min(LONGEST, wait * 2)) {
      try {
        const answer = await this.post(this.dataset.writeUrl, { key: one.key, ...this.who(), file, after: this.last });
        if (answer.status >= 500) throw new Error(String(answer.status));
        const said = await answer.json();
        if (answer.ok) this.came(said);
        else this.refused({ key: one.key, text: "" }, said);
        this.lost(false);
        break;
      } catch {
        if (this.stop.signal.aborted) return;
        this.lost(!navigator.onLine);
        await new Promise((later) => setTimeout(later, wait));
      }
    }
    input.value = "";
  }

  draw({ key, text }) {
    const row = this.querySelector("[data-pending]").content.firstElementChild.cloneNode(true);
    row.dataset.key = key;
    row.querySelector(".v-say-text").textContent = text;
    this.list.append(row);
  }

  async post(url, values) {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    return fetch(url, { method: "POST", body, headers: { ...headers(), Accept: "application/json" }, signal: AbortSignal.timeout(values.file ? 8 * PATIENCE : PATIENCE) });
  }

  /** Sends what is kept, one after another, in the order in which it was written. */
  async send() {
    clearTimeout(this.timer);
    if (this.sending) return;
    this.sending = true;
    try {
      for (let one = this.kept()[0]; one; one = this.kept()[0]) {
        const answer = await this.post(this.dataset.writeUrl, { ...one, after: this.last });
        if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
        const said = await answer.json(); // what is no answer of ours throws, and the message stays kept
        this.keep(this.kept().filter((other) => other.key !== one.key));
        if (answer.ok) this.came(said);
        else this.refused(one, said);
        this.delay = FIRST;
        this.lost(false);
      }
    } catch {
      this.lost(!navigator.onLine);
      this.timer = setTimeout(() => this.send(), this.delay);
      this.delay = Math.min(LONGEST, this.delay * 2);
    } finally {
      this.sending = false;
    }
  }

  came(said) {
    this.list.querySelector("[data-hello]")?.remove(); // the bot says it in the talk now
    this.fill(said);
    for (const part of this.form?.querySelectorAll("[data-who]") ?? []) part.remove();
    this.listen();
  }

  /** The server does not want it: the words go back to their field, with the reason. */
  refused({ key, text }, said) {
    this.list.querySelector(`[data-key="${key}"]`)?.remove();
    const field = this.form?.elements.text;
    if (field && !field.value) field.value = text;
    const fields = Object.values(said.fields || {});
    this.why(fields.length ? fields.join(" ") : said.message || "");
  }

  why(text) {
    const place = this.form?.querySelector("[data-why]");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }

  /** Asks for the address by which the talk goes on in Telegram: it holds once, so the next press opens it. */
  async move(form) {
    if (this.moving) return; // pressed twice: the second address would end the first
    this.moving = true;
    try {
      const answer = await this.post(form.action, {}), said = await answer.json(), link = form.querySelector("a");
      this.why(said.message || "");
      if (!said.url) return;
      link.href = said.url;
      link.hidden = false;
      form.querySelector("button").remove();
      link.focus();
    } catch {
      this.lost(true);
    } finally {
      this.moving = false;
    }
  }

  /** Asks for what is beyond the last line here, and says what has been read. */
  async look() {
    if (!("begun" in this.dataset)) return;
    if (this.looking) { this.again = true; return; }
    this.looking = true;
    try {
      do {
        this.again = false;
        const seen = document.hidden ? 0 : this.last;
        const answer = await this.post(this.dataset.linesUrl, { after: this.last, seen });
        if (!answer.ok) throw new Error(String(answer.status));
        this.seen = Math.max(this.seen, seen);
        this.fill(await answer.json());
        if (!document.hidden && this.last > this.seen) this.again = true;
      } while (this.again);
    } catch {
      clearTimeout(this.later);
      this.later = setTimeout(() => this.look(), LONGEST);
    } finally {
      this.looking = false;
    }
  }

  fill({ html, last, end }) {
    const near = innerHeight + scrollY > document.body.scrollHeight - 200;
    const rows = new DOMParser().parseFromString(`<ol>${html}</ol>`, "text/html").querySelectorAll("li");
    for (const row of rows) {
      if (this.list.querySelector(`[data-number="${row.dataset.number}"]`)) continue;
      if (row.dataset.key) this.list.querySelector(`.is-pending[data-key="${row.dataset.key}"]`)?.remove();
      this.list.insertBefore(row, this.list.querySelector(".is-pending"));
    }
    this.last = Math.max(this.last, Number(last));
    this.ended(end || "");
    if (rows.length && near) this.down();
  }

  /** What is asked when the talk has ended; what is being filled in stays. */
  ended(html) {
    const place = this.querySelector("[data-end]");
    if (!place || html === this.end || (html && place.querySelector("form"))) return;
    this.end = html;
    place.innerHTML = html;
  }

  listen() {
    this.dataset.begun = "";
    this.querySelector("[data-move]")?.removeAttribute("hidden");
    if (this.querySelector("v-live")) return;
    const live = document.createElement("v-live");
    live.dataset.ticketUrl = this.dataset.ticketUrl;
    this.append(live);
  }

  lost(is) { this.querySelector("[data-lost]").hidden = !is; }

  down() { scrollTo(0, document.body.scrollHeight); }
}

customElements.define("v-chat", Chat);
