// Held prices by keys: arrows choose a row, Enter releases it, Delete refuses it; the row that comes next has the focus.

class Held extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
    const again = Held.place ?? null;
    Held.place = null;
    if (again !== null) this.rows()[Math.min(again, this.rows().length - 1)]?.focus();
  }

  disconnectedCallback() {
    this.removeEventListener("keydown", this);
  }

  rows() {
    return [...this.querySelectorAll("[data-held]")];
  }

  handleEvent(event) {
    const row = event.target.closest("[data-held]");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = this.rows();
    const at = rows.indexOf(row);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      rows[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
      return;
    }
    const act = { Enter: "[data-release]", Delete: "[data-refuse]", Backspace: "[data-refuse]" }[event.key];
    if (!act || event.target !== row || event.repeat) return;
    event.preventDefault();
    Held.place = at;
    row.querySelector(act).click();
  }
}

customElements.define("v-held", Held);
