// <v-doubles>: pairs of cards. Arrows choose a pair; its buttons alone answer to their keys (data-pair-key).

class Doubles extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.defaultPrevented || event.target.closest("input, textarea, select")) return;
      event.preventDefault();
      this.choose(Math.min(Math.max(this.place + step, 0), this.pairs.length - 1), true);
    };
    this.onFocus = (event) => {
      const place = this.pairs.indexOf(event.target.closest("[data-pair]"));
      if (place >= 0) this.choose(place, false);
    };
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("focusin", this.onFocus);
    this.choose(0, false);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
    this.removeEventListener("focusin", this.onFocus);
  }

  get pairs() { return [...this.querySelectorAll("[data-pair]")]; }

  choose(place, focus) {
    this.place = place;
    this.pairs.forEach((pair, at) => {
      pair.classList.toggle("is-now", at === place);
      for (const act of pair.querySelectorAll("[data-pair-key]")) {
        if (at === place) act.dataset.hotkey = act.dataset.pairKey; else delete act.dataset.hotkey;
      }
      if (at === place && focus) pair.focus();
    });
  }
}

if (!customElements.get("v-doubles")) customElements.define("v-doubles", Doubles);
