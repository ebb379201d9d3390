// <v-count data-url data-live>: a number in the top bar that comes after the page, and again when a live message says that it may
// have changed. All of them on a page that ask one address share its answer; one that is not old is shown before it is asked anew.
const PAUSE = 2000, FRESH = 20000, asked = new Map();

class Count extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    const { signal } = this.stop, soon = () => this.soon();
    document.addEventListener(`live:${this.dataset.live}`, soon, { signal });
    document.addEventListener("live:open", soon, { signal });
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.late) this.soon(); }, { signal });
    const kept = this.kept();
    if (kept) this.draw(kept.count);
    if (!kept || Date.now() - kept.at > FRESH) this.look();
  }

  disconnectedCallback() {
    this.stop.abort();
    clearTimeout(this.timer);
    this.timer = 0;
  }

  kept() {
    try { return JSON.parse(sessionStorage.getItem(`v-count ${this.dataset.url}`) || "null"); } catch { return null; }
  }

  /** Many messages are one question; a page that nobody looks at asks when it is looked at. */
  soon() {
    this.late = true;
    if (this.timer || document.hidden) return;
    this.timer = setTimeout(() => { this.timer = 0; this.look(); }, PAUSE * (0.5 + Math.random()));
  }

  async look() {
    this.late = false;
    const { url } = this.dataset;
    if (!asked.has(url)) {
      const answer = fetch(url, { headers: { Accept: "application/json" } }).then((one) => (one.ok ? one.json() : null)).catch(() => null);
      asked.set(url, answer);
      answer.finally(() => asked.delete(url));
    }
    const told = await asked.get(url);
    if (!told || !this.isConnected) return;
    sessionStorage.setItem(`v-count ${url}`, JSON.stringify({ count: told.count, at: Date.now() }));
    this.draw(told.count);
  }

  draw(count) {
    this.replaceChildren();
    if (!count) return;
    const mark = document.createElement("b");
    mark.textContent = count > 99 ? "99+" : count;
    this.append(mark);
  }
}

customElements.define("v-count", Count);
