// <v-help>: the help of the page in a sheet beside it. Opened by the sign in the top bar, by the menu or by "?".
import { sayFailed } from "./net.js";

class Help extends HTMLElement {
  connectedCallback() {
    this.onClick = (event) => {
      const link = event.target.closest?.("[data-help]");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); this.open(link.href); }
    };
    this.onKey = (event) => {
      if (event.key !== "?" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest?.("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open], .v-veil:not([hidden])")) return;
      const link = document.querySelector("[data-help]");
      if (link) { event.preventDefault(); this.open(link.href); }
    };
    document.addEventListener("click", this.onClick);
    document.addEventListener("keydown", this.onKey);
    this.sheet.addEventListener("click", (event) => { if (event.target === this.sheet) this.sheet.close(); });
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.onClick);
    document.removeEventListener("keydown", this.onKey);
  }

  get sheet() { return this.querySelector("dialog"); }

  async open(address) {
    try {
      const response = await fetch(address, { headers: { "HX-Request": "true" } });
      if (!response.ok) throw new Error(String(response.status));
      // The answer is our own template, escaped by the server.
      this.querySelector("[data-body]").innerHTML = await response.text();
      document.querySelector("#v-mine:popover-open")?.hidePopover();
      if (!this.sheet.open) this.sheet.showModal();
    } catch {
      sayFailed("offline");
    }
  }
}

customElements.define("v-help", Help);
