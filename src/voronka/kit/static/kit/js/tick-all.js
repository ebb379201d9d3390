// <v-tick-all data-of="form id">: one tick for all ticks of a form, wherever on the page they stand; Shift ticks a span.
class TickAll extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.box = this.querySelector("input");
    this.onChange = (event) => this.changed(event);
    this.onClick = (event) => this.span(event);
    document.addEventListener("change", this.onChange);
    document.addEventListener("click", this.onClick);
    this.tell();
  }

  disconnectedCallback() {
    document.removeEventListener("change", this.onChange);
    document.removeEventListener("click", this.onClick);
  }

  get ticks() { return [...document.querySelectorAll(`input[type=checkbox][form="${CSS.escape(this.dataset.of)}"]`)]; }

  changed(event) {
    if (event.target === this.box) for (const tick of this.ticks) tick.checked = this.box.checked;
    this.tell();
  }

  span(event) {
    const ticks = this.ticks, at = ticks.indexOf(event.target);
    if (at < 0) return;
    const before = ticks.indexOf(this.last);
    if (event.shiftKey && before >= 0) for (const one of ticks.slice(Math.min(at, before), Math.max(at, before) + 1)) one.checked = event.target.checked;
    this.last = event.target;
    this.tell();
  }

  tell() {
    const ticks = this.ticks, many = ticks.filter((tick) => tick.checked).length;
    this.box.checked = many > 0 && many === ticks.length;
    this.box.indeterminate = many > 0 && many < ticks.length;
  }
}

customElements.define("v-tick-all", TickAll);
