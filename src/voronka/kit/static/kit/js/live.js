// <v-live data-ticket-url>: what happens elsewhere, as it happens. Asks the page's server for a short-lived ticket
// ({"url": address of the stream with the ticket in it, "names": [events]}), listens, and says each event to the document as
// "live:NAME" with its data in `detail`. A stream that breaks is taken up again from the last event, ever more patiently.
import { headers } from "./net.js";

const FIRST = 1000, LONGEST = 60000;

class Live extends HTMLElement {
  connectedCallback() {
    this.delay = FIRST;
    this.last = sessionStorage.getItem("v-live-last") || "";
    this.onShow = () => { if (!document.hidden && !this.source) { this.delay = FIRST; this.open(); } };
    document.addEventListener("visibilitychange", this.onShow);
    addEventListener("online", this.onShow);
    this.open();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.gone = true;
    this.source?.close();
    document.removeEventListener("visibilitychange", this.onShow);
    removeEventListener("online", this.onShow);
  }

  async open() {
    clearTimeout(this.timer);
    if (this.opening || this.source) return;
    this.opening = true;
    try {
      const response = await fetch(this.dataset.ticketUrl, { method: "POST", headers: { ...headers(), Accept: "application/json" } });
      if (response.status === 401 || response.status === 403) return; // signed out: asking again would not help
      if (!response.ok) throw new Error(String(response.status));
      const ticket = await response.json();
      if (!this.gone) this.listen(ticket);
    } catch {
      this.later();
    } finally {
      this.opening = false;
    }
  }

  listen({ url, names = [] }) {
    const address = new URL(url, location.href);
    if (this.last) address.searchParams.set("last", this.last);
    const source = this.source = new EventSource(address);
    source.onopen = () => { this.delay = FIRST; this.say("open", {}); };
    source.onmessage = (event) => this.take(event);
    for (const name of names) source.addEventListener(name, (event) => this.take(event, name));
    source.onerror = () => {
      // Our own way back: the ticket may have run out, which the browser's own retry cannot mend.
      source.close();
      this.source = null;
      this.say("lost", {});
      this.later();
    };
  }

  take(event, name = "") {
    if (event.lastEventId) {
      this.last = event.lastEventId;
      sessionStorage.setItem("v-live-last", this.last);
    }
    let data = {};
    try { data = JSON.parse(event.data); } catch { data = { text: event.data }; }
    this.say(name || data.name || "message", data);
  }

  say(name, detail) { document.dispatchEvent(new CustomEvent(`live:${name}`, { detail, bubbles: true })); }

  later() {
    if (this.gone) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), this.delay * (0.7 + Math.random() * 0.6));
    this.delay = Math.min(LONGEST, this.delay * 2);
  }
}

customElements.define("v-live", Live);
