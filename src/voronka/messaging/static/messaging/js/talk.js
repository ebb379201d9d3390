// <v-talk>: the operators' desk. Without it the page is links and forms. What came is asked for from the last line that stands here;
// the list is drawn anew when a talk has moved. While somebody writes, colleagues at the same talk are told.
import { headers } from "../../kit/js/net.js";

const BEAT = 15000, IN = 60000, TYPED = 4000, TYPES_FOR = 7000, PATIENCE = 15000;

class Talk extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("[data-list]");
    this.lines = this.querySelector("[data-lines]");
    this.form = this.querySelector("[data-say]");
    this.scroll = this.querySelector("[data-scroll]");
    this.last = Number(this.dataset.last || 0);
    this.stop = new AbortController();
    const { signal } = this.stop, wake = () => { if (!document.hidden) { this.here(); this.anew(); } };
    document.addEventListener("live:talk", (event) => { if (event.detail.talk === this.dataset.talk) this.here(); this.anew(); }, { signal });
    document.addEventListener("live:typing", (event) => { if (event.detail.talk === this.dataset.talk) this.hears(); }, { signal });
    document.addEventListener("live:open", wake, { signal });
    document.addEventListener("visibilitychange", wake, { signal });
    addEventListener("online", wake, { signal });
    this.addEventListener("click", (event) => this.pick(event), { signal });
    addEventListener("keydown", (event) => this.step(event), { signal });
    this.there = setInterval(() => this.sayIn(), IN);
    this.sayIn();
    if (!this.form) return;
    this.file = this.form.querySelector("[data-file]");
    this.file?.addEventListener("change", () => { this.form.querySelector("[data-file-name]").textContent = this.file.files[0]?.name || ""; }, { signal });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.say(event.submitter); }, { signal });
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.form.requestSubmit(this.form.querySelector("[value=reply], [name=anyway]"));
    }, { signal });
    this.form.addEventListener("input", () => {
      if (Date.now() - (this.typed || 0) < TYPED) return;
      this.typed = Date.now();
      this.here(true);
    }, { signal });
    this.beat = setInterval(() => { if (!document.hidden) this.here(); }, BEAT);
    this.down();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearInterval(this.beat);
    clearInterval(this.there);
    clearTimeout(this.drawing);
  }

  async post(url, values) {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    return fetch(url, { method: "POST", body, headers: { ...headers(), Accept: "application/json" }, signal: AbortSignal.timeout(values.file ? 8 * PATIENCE : PATIENCE) });
  }

  /** Says that the desk is open: talks are given by turn to those whose desk is. */
  sayIn() { if (this.querySelector("[name=is_in]")) this.post(this.dataset.inUrl, {}).catch(() => {}); }

  /** Says that somebody is here, and takes what came meanwhile. */
  async here(types = false) {
    if (!this.form) return;
    if (this.asking) { this.again = true; return; }
    this.asking = true;
    try {
      do {
        this.again = false;
        const answer = await this.post(this.dataset.hereUrl, { after: this.last, types: types ? "1" : "" });
        if (!answer.ok) return;
        const before = this.last;
        this.fill(await answer.json());
        if (this.last > before) this.again = true; // what has come is read now
      } while (this.again && !document.hidden);
    } catch {
      // the next beat or the stream comes again
    } finally {
      this.asking = false;
    }
  }

  /** The visitor writes: it is told for as long as it is news. */
  hears() {
    const words = this.querySelector("[data-typing] span");
    if (!words) return;
    words.hidden = false;
    clearTimeout(this.hearing);
    this.hearing = setTimeout(() => { words.hidden = true; }, TYPES_FOR);
  }

  fill({ html, last, beside, seen, fates }) {
    const near = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 160;
    const rows = new DOMParser().parseFromString(`<ol>${html}</ol>`, "text/html").querySelectorAll("li");
    for (const row of rows) if (!this.lines.querySelector(`[data-number="${row.dataset.number}"]`)) this.lines.append(row);
    for (const mark of this.lines.querySelectorAll("[data-read][hidden]")) mark.hidden = Number(mark.dataset.read) > seen;
    for (const [number, told] of Object.entries(fates || {})) {
      const place = this.lines.querySelector(`[data-fate="${number}"]`);
      if (place && place.dataset.told !== told) { place.innerHTML = told; place.dataset.told = told; }
    }
    this.last = Math.max(this.last, Number(last));
    this.querySelector("[data-beside]").innerHTML = beside;
    if (rows.length && near) this.down();
    if ([...rows].some((row) => row.matches(".v-talk-event"))) this.head();
  }

  /** Something has happened to the talk: what may be done with it is asked for anew. */
  async head() {
    try {
      const answer = await fetch(location.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of [".v-inbox-lead-head", ".v-talk-side"]) {
        const old = this.querySelector(part), fresh = page.querySelector(part);
        if (old && fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
      }
    } catch {
      // the page says so when it is loaded again
    }
  }

  /** The id of what is written stays until the server has it: pressed again after a break it is there once. */
  async say(by) {
    const field = this.form.elements.text;
    const shows = by?.name === "goods", file = shows ? null : this.file?.files[0];
    if ((!field.value.trim() && !file && !shows) || this.saying) return;
    this.saying = true;
    const values = { key: this.form.elements.key.value, text: field.value, after: this.last };
    if (by?.name) values[by.name] = by.value;
    if (file && values.what !== "note") values.file = file;
    try {
      const answer = await this.post(this.form.action, values), said = await answer.json();
      if (answer.ok) {
        this.form.elements.key.value = crypto.randomUUID ? crypto.randomUUID() : [...crypto.getRandomValues(new Uint8Array(16))].map((one) => one.toString(16).padStart(2, "0")).join("");
        field.value = "";
        if (values.file) { this.file.value = ""; this.form.querySelector("[data-file-name]").textContent = ""; }
        this.why("");
        if (shows) by.closest("details")?.removeAttribute("open");
        this.asks(false);
        for (const due of this.querySelectorAll(".v-talk-form .v-talk-due")) due.remove();
        this.fill(said);
        this.down();
      } else {
        this.why(Object.values(said.fields || {}).join(" ") || said.message || said.detail || "");
        this.asks(said.code === "answered");
        this.here();
      }
    } catch {
      this.why(document.querySelector("#v-failed [data-more]")?.dataset.offline || "");
    } finally {
      this.saying = false;
    }
  }

  /** After the warning that a colleague has answered the same press sends all the same. */
  asks(is) {
    const button = this.form.querySelector("[value=reply], [name=anyway]");
    button.name = is ? "anyway" : "what";
    button.value = is ? "1" : "reply";
  }

  why(text) {
    const place = this.form.querySelector("[data-why]");
    place.textContent = text;
    place.hidden = !text;
  }

  async pick(event) {
    const canned = event.target.closest("[data-canned]");
    if (!canned) return;
    canned.closest("details").open = false;
    const answer = await fetch(canned.dataset.canned, { headers: { Accept: "application/json" } });
    const said = await answer.json(), field = this.form.elements.text;
    if (!answer.ok) { this.why(said.message || said.detail || ""); return; }
    field.setRangeText(said.text, field.selectionStart, field.selectionEnd, "end");
    field.focus();
  }

  /** J and K go to the next talk and to the one before. */
  step(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.("input, textarea, select")) return;
    const way = { KeyJ: 1, KeyK: -1 }[event.code];
    if (!way) return;
    const rows = [...this.list.querySelectorAll("a[data-talk]")], at = rows.findIndex((one) => one.dataset.talk === this.dataset.talk);
    rows[Math.max(0, Math.min(rows.length - 1, at + way))]?.click();
  }

  /** Draws the list anew, once for many messages. */
  anew() {
    clearTimeout(this.drawing);
    this.drawing = setTimeout(async () => {
      const focused = document.activeElement?.dataset?.talk;
      try {
        const answer = await fetch(this.dataset.listUrl, { headers: { "HX-Request": "true" } });
        if (!answer.ok) return;
        this.list.innerHTML = await answer.text();
        if (focused) this.list.querySelector(`[data-talk="${focused}"]`)?.focus();
      } catch {
        // it is drawn when something comes again
      }
    }, 200);
  }

  down() { this.scroll.scrollTop = this.scroll.scrollHeight; }
}

customElements.define("v-talk", Talk);
