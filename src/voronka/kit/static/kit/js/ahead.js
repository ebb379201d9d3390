// <v-ahead data-url>: the next client, fetched while this one is talked to. A press then draws him, with dead presses, right behind
// the frame in which the press itself is marked (on a slow phone that one must not wait), until the server's own page comes; a press that did not go through brings the client in hand back.
// What is drawn is a guess: the server chooses anew, so a wrong one is simply replaced.

const SETTLE = 600, FRESH = 40000;
// The pieces that belong to a client; what is the day's (toasts, queue, load of hours) stays.
const PIECES = [".v-work-main", ".v-work-side", ".v-hand-call", ".v-presses"];

class Ahead extends HTMLElement {
  connectedCallback() {
    this.onSend = (event) => { if (this.isPress(event)) this.drawSoon(); };
    this.onDone = (event) => { if (!event.detail.successful && (this.isPress(event) || event.detail.target?.id === "page")) this.bringBack(); };
    this.onSwap = (event) => { if (this.isPress(event) && event.detail.xhr.status >= 400) this.bringBack(); };
    this.onShow = () => { if (!document.hidden) this.plan(SETTLE); };
    document.addEventListener("htmx:beforeSend", this.onSend);
    document.addEventListener("htmx:beforeSwap", this.onSwap);
    document.addEventListener("htmx:afterRequest", this.onDone);
    document.addEventListener("visibilitychange", this.onShow);
    this.plan(SETTLE);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.dropDrawing();
    this.asking?.abort();
    document.removeEventListener("htmx:beforeSend", this.onSend);
    document.removeEventListener("htmx:beforeSwap", this.onSwap);
    document.removeEventListener("htmx:afterRequest", this.onDone);
    document.removeEventListener("visibilitychange", this.onShow);
  }

  isPress(event) {
    const { requestConfig, elt } = event.detail;
    return requestConfig?.verb === "post" && !!elt?.closest?.("v-press-bar, #v-why");
  }

  plan(after) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), after);
  }

  async look() {
    if (document.hidden || this.isDrawn) return;
    this.asking?.abort();
    this.asking = new AbortController();
    try {
      const response = await fetch(this.dataset.url, { signal: this.asking.signal, headers: { "X-Requested-With": "XMLHttpRequest" } });
      this.page = response.status === 200 && !response.redirected
        ? new DOMParser().parseFromString(await response.text(), "text/html") : null;
    } catch { this.page = null; /* no connection or an older question: the press simply waits for the server */ }
    this.plan(FRESH);
  }

  get isDrawn() { return !!this.drawn?.length; }

  drawSoon() {
    this.dropDrawing();
    this.frame = requestAnimationFrame(() => { this.behind = setTimeout(() => this.draw()); });
  }

  dropDrawing() { cancelAnimationFrame(this.frame); clearTimeout(this.behind); }

  draw() {
    const page = document.getElementById("page");
    if (!this.page || this.isDrawn || !page) return;
    this.drawn = [];
    for (const selector of PIECES) {
      const old = page.querySelector(selector), next = this.page.querySelector(selector);
      if (!old || !next) continue;
      const shown = document.importNode(next, true);
      shown.inert = true;
      old.hidden = true;
      old.after(shown);
      this.drawn.push([old, shown]);
    }
    // The question that was answered steps aside by its name, so that the sheet takes its own tone again.
    this.ask = page.querySelector(".v-ask");
    this.ask?.classList.replace("v-ask", "v-asked");
    page.dataset.ahead = "";
  }

  bringBack() {
    this.dropDrawing();
    if (!this.isDrawn) return;
    for (const [old, shown] of this.drawn) { shown.remove(); old.hidden = false; }
    this.drawn = [];
    this.ask?.classList.replace("v-asked", "v-ask");
    delete document.getElementById("page").dataset.ahead;
  }
}

customElements.define("v-ahead", Ahead);
