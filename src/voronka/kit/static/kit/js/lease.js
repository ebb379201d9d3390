// <v-lease data-url data-release-url [data-seconds]>: while the page is open the client stays taken; leaving lets go.
// An answer 409 or 410 means that the lease was lost: the toast of its <template> says so, and the document hears "v-lease:lost".
import { headers, signedForm } from "./net.js";

class Lease extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.renew(), Number(this.dataset.seconds || 30) * 1000);
    this.onHide = (event) => { if (!event.persisted) this.release(); };
    this.onShow = () => { if (!document.hidden) this.renew(); };
    addEventListener("pagehide", this.onHide);
    document.addEventListener("visibilitychange", this.onShow);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    removeEventListener("pagehide", this.onHide);
    document.removeEventListener("visibilitychange", this.onShow);
  }

  async renew() {
    try {
      const response = await fetch(this.dataset.url, { method: "POST", headers: { ...headers(), Accept: "application/json" } });
      if (response.status === 409 || response.status === 410) {
        clearInterval(this.timer);
        const toast = this.querySelector("template");
        if (toast) document.getElementById("v-toasts")?.append(document.importNode(toast.content, true));
        this.dispatchEvent(new CustomEvent("v-lease:lost", { bubbles: true }));
      }
    } catch { /* no connection now; the next turn asks again, and the lease outlives several turns */ }
  }

  release() {
    if (this.dataset.releaseUrl) navigator.sendBeacon(this.dataset.releaseUrl, signedForm());
  }
}

customElements.define("v-lease", Lease);
