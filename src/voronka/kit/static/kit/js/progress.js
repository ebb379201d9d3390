// <v-progress [data-url] [data-event] [data-state]>: long work. Redraws itself from its address: when the live event comes,
// and every few seconds while the work goes on. The server says it has ended by data-state "ended", "failed" or "stopped".

const ENDS = ["ended", "failed", "stopped"], EVERY = 2000;

class Progress extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.url || ENDS.includes(this.dataset.state)) return;
    this.onLive = () => this.draw();
    if (this.dataset.event) document.addEventListener(`live:${this.dataset.event}`, this.onLive);
    this.timer = setInterval(() => { if (!document.hidden) this.draw(); }, EVERY);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    document.removeEventListener(`live:${this.dataset.event}`, this.onLive);
    this.asking?.abort();
  }

  async draw() {
    if (this.asking) return;
    this.asking = new AbortController();
    try {
      const response = await fetch(this.dataset.url, { headers: { "HX-Request": "true" }, signal: this.asking.signal });
      if (!response.ok) return;
      if (response.headers.get("HX-Refresh") === "true") { clearInterval(this.timer); location.reload(); return; } // the whole page is another one now
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("v-progress");
      if (!fresh || !this.isConnected) return;
      this.replaceWith(document.importNode(fresh, true));
      window.htmx?.process(document.body);
      if (ENDS.includes(fresh.dataset.state)) document.dispatchEvent(new CustomEvent("v-progress:ended", { detail: { state: fresh.dataset.state } }));
    } catch { /* no connection now: the next turn asks again */ } finally { this.asking = null; }
  }
}

customElements.define("v-progress", Progress);
