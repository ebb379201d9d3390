// <v-orders-pick>: the bar of the chosen orders. Ticks stand in #bulk; Shift chooses all up to the last one; Esc none.
// The rows are drawn anew by the search, so the ticks are looked up each time.
import { isWriting } from "../../kit/js/net.js";

class OrdersPick extends HTMLElement {
  connectedCallback() {
    this.onClick = (event) => this.span(event);
    this.onChange = (event) => this.changed(event);
    this.onKey = (event) => { if (event.key === "Escape" && !isWriting(event) && !event.defaultPrevented && !this.querySelector(".v-ask > *")) this.none(); };
    this.onSwap = () => this.tell();
    document.addEventListener("click", this.onClick);
    document.addEventListener("change", this.onChange);
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("htmx:afterSwap", this.onSwap);
    this.querySelector("[data-none]").addEventListener("click", () => this.none());
    this.tell();
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.onClick);
    document.removeEventListener("change", this.onChange);
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("htmx:afterSwap", this.onSwap);
  }

  get ticks() { return [...document.querySelectorAll("#bulk input[name=id]")]; }
  get all() { return document.querySelector("#bulk [data-all]"); }

  span(event) {
    const tick = event.target.closest?.("#bulk input[name=id]");
    if (!tick) return;
    const ticks = this.ticks;
    if (event.shiftKey && this.last && ticks.includes(this.last)) {
      const ends = [ticks.indexOf(this.last), ticks.indexOf(tick)].sort((one, other) => one - other);
      for (const one of ticks.slice(ends[0], ends[1] + 1)) one.checked = tick.checked;
    }
    this.last = tick;
  }

  changed(event) {
    if (event.target === this.all) for (const tick of this.ticks) tick.checked = this.all.checked;
    if (event.target.closest?.("#bulk")) this.tell();
  }

  none() {
    for (const tick of this.ticks) tick.checked = false;
    this.tell();
  }

  tell() {
    const ticks = this.ticks, chosen = ticks.filter((tick) => tick.checked);
    for (const tick of ticks) tick.closest("tr").classList.toggle("is-on", tick.checked);
    if (this.all) {
      this.all.checked = chosen.length > 0 && chosen.length === ticks.length;
      this.all.indeterminate = chosen.length > 0 && chosen.length < ticks.length;
    }
    this.hidden = chosen.length === 0;
    const sum = (name) => chosen.reduce((all, tick) => all + Number(tick.dataset[name]), 0);
    const money = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "RUB", maximumFractionDigits: 0 });
    this.querySelector("[data-count]").textContent = chosen.length;
    this.querySelector("[data-sum]").textContent = money.format(sum("sum"));
    const left = this.querySelector("[data-left]");
    left.textContent = sum("left") ? left.dataset.words.replace("{sum}", money.format(sum("left"))) : "";
  }
}

customElements.define("v-orders-pick", OrdersPick);
