// <v-pick>: rows of a list are chosen by their ticks; Shift chooses all up to the last one; the bar says how many.
// Without script the ticks and the bar's buttons are a plain form.
class Pick extends HTMLElement {
  connectedCallback() {
    this.bar = this.querySelector("[data-pick-bar]");
    this.all = this.querySelector("[data-pick-all]");
    if (this.all) this.all.hidden = false;
    const none = this.querySelector("[data-pick-none]");
    if (none) none.hidden = false;
    this.addEventListener("click", (event) => this.span(event));
    this.addEventListener("change", (event) => {
      if (event.target === this.all) for (const tick of this.ticks()) tick.checked = this.all.checked;
      this.tell();
    });
    this.querySelector("form")?.addEventListener("reset", () => requestAnimationFrame(() => this.tell()));
    this.tell();
  }

  ticks() { return [...this.querySelectorAll("input[name=id]")]; }

  span(event) {
    const tick = event.target.closest("input[name=id]");
    if (!tick) return;
    if (event.shiftKey && this.last) {
      const ticks = this.ticks(), ends = [ticks.indexOf(this.last), ticks.indexOf(tick)].sort((one, other) => one - other);
      if (ends[0] >= 0) for (const one of ticks.slice(ends[0], ends[1] + 1)) one.checked = tick.checked;
    }
    this.last = tick;
  }

  tell() {
    const ticks = this.ticks(), count = ticks.filter((tick) => tick.checked).length;
    for (const tick of ticks) tick.closest("tr")?.classList.toggle("is-picked", tick.checked);
    if (this.all) {
      this.all.checked = count > 0 && count === ticks.length;
      this.all.indeterminate = count > 0 && count < ticks.length;
    }
    if (!this.bar) return;
    this.bar.hidden = count === 0;
    for (const one of this.bar.querySelectorAll("[data-pick-least]")) {
      one.hidden = count < Number(one.dataset.pickLeast) || count > Number(one.dataset.pickMost);
    }
    const words = this.bar.querySelector("[data-pick-words]");
    words.textContent = words.dataset.pickWords.replace("{n}", count);
  }
}

customElements.define("v-pick", Pick);
