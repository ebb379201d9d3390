// <v-doubt>: arrows choose among the goods, Enter ([data-bind]) binds to the chosen one, digits bind at once.

class Doubt extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.defaultPrevented || event.target.closest("textarea, select")) return;
      event.preventDefault();
      this.choose(step);
    };
    this.onPress = (event) => {
      if (event.target.closest("[data-bind]")) this.chosen?.querySelector("form").requestSubmit();
    };
    this.onSearch = (event) => {
      if (event.key === "Enter" && event.target.matches('input[type="search"]')) {
        event.preventDefault();
        this.chosen?.querySelector("form").requestSubmit();
      }
    };
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("click", this.onPress);
    this.addEventListener("keydown", this.onSearch);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
    this.removeEventListener("click", this.onPress);
    this.removeEventListener("keydown", this.onSearch);
  }

  get offers() { return [...this.querySelectorAll("[data-offer]")]; }

  get chosen() { return this.querySelector("[data-offer].is-on"); }

  choose(step) {
    const { offers } = this;
    if (!offers.length) return;
    const place = Math.min(Math.max(offers.indexOf(this.chosen) + step, 0), offers.length - 1);
    offers.forEach((offer, at) => offer.classList.toggle("is-on", at === place));
    offers[place].scrollIntoView({ block: "nearest" });
  }
}

if (!customElements.get("v-doubt")) customElements.define("v-doubt", Doubt);
