// The page without connection: tells how many drafts this browser keeps, and looks by itself whether the server is back.

const EVERY = 5000;
const drafts = () => {
  try { return Object.keys(localStorage).filter((key) => key.startsWith("v-draft:")).length; } catch { return 0; }
};

class Offline extends HTMLElement {
  connectedCallback() {
    const count = drafts(), kept = this.querySelector("[data-kept]");
    if (count) { kept.hidden = false; kept.querySelector("b").textContent = String(count); }
    this.querySelector("[data-again]").addEventListener("click", () => this.look(true));
    this.timer = setInterval(() => this.look(), EVERY);
    this.back = () => this.look();
    addEventListener("online", this.back);
    document.addEventListener("visibilitychange", this.back);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    removeEventListener("online", this.back);
    document.removeEventListener("visibilitychange", this.back);
  }

  async look(asked = false) {
    if (this.busy || (document.hidden && !asked)) return;
    this.busy = true;
    try {
      const answer = await fetch("/healthz", { cache: "no-store", redirect: "error" });
      if (answer.ok) location.reload();
    } catch { /* still gone */ } finally { this.busy = false; }
  }
}

customElements.define("v-offline", Offline);
