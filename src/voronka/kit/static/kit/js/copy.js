// <v-copy><input readonly><button hidden data-done="Copied">…</button></v-copy>: puts the text on the clipboard; a press on it chooses all.

class Copy extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.button = this.querySelector("button");
    this.input.addEventListener("focus", () => this.input.select());
    if (!navigator.clipboard) return; // pages without TLS have none: the text is chosen by a press and copied by hand
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.copy());
  }

  async copy() {
    this.input.select();
    try { await navigator.clipboard.writeText(this.input.value); } catch { return; }
    this.button.querySelector("span").textContent = this.button.dataset.done;
  }
}

customElements.define("v-copy", Copy);
