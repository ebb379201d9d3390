// <v-arrange data-said>: rows (.v-arrange-row[data-arrange]) put in order by hand: carried by the grip with mouse or finger, by the
// buttons, or by Alt with an arrow while something in the row has the focus. Their order in the form is what is sent. A field with
// choices keeps these keys: by them it is opened.
// The buttons may be acts of the form, for a page without script: here they move the row at once and send nothing.
const HOLD = 4; // points a pointer moves before a row is carried

class Arrange extends HTMLElement {
  connectedCallback() {
    this.classList.add("is-live");
    this.addEventListener("click", (event) => {
      const button = event.target.closest(".v-arrange-move");
      if (!button) return;
      event.preventDefault();
      this.move(button.closest(".v-arrange-row"), Number(button.dataset.by), button);
    });
    this.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key], row = event.target.closest?.(".v-arrange-row");
      if (!by || !event.altKey || !row || event.target.matches("select, [list]")) return;
      event.preventDefault();
      this.move(row, by, event.target);
    });
    this.addEventListener("pointerdown", (event) => this.down(event));
  }

  get rows() { return [...this.querySelectorAll(".v-arrange-row")]; }

  /** Moves a row by so many places and keeps the focus where it was. */
  move(row, by, focus) {
    const rows = this.rows, to = Math.min(Math.max(rows.indexOf(row) + by, 0), rows.length - 1);
    const other = rows[to];
    if (other !== row) { if (by < 0) other.before(row); else other.after(row); }
    focus?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    this.say(row);
  }

  say(row) {
    const rows = this.rows, words = this.querySelector("[data-says]");
    this.dispatchEvent(new Event("arranged", { bubbles: true }));
    words.textContent = this.dataset.said.replace("{name}", row.dataset.arrange).replace("{n}", rows.indexOf(row) + 1).replace("{all}", rows.length);
  }

  down(event) {
    const row = event.target.closest(".v-arrange-grip")?.closest(".v-arrange-row");
    if (!row || event.button !== 0) return;
    event.preventDefault();
    const from = event.clientY;
    let carried = false;
    const go = (move) => {
      if (!carried && Math.abs(move.clientY - from) < HOLD) return;
      carried = true;
      row.classList.add("is-carried");
      const over = this.rows.find((one) => { const box = one.getBoundingClientRect(); return move.clientY >= box.top && move.clientY < box.bottom; });
      if (!over || over === row) return;
      const rows = this.rows;
      if (rows.indexOf(over) < rows.indexOf(row)) over.before(row); else over.after(row);
    };
    const end = () => {
      removeEventListener("pointermove", go);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
      row.classList.remove("is-carried");
      if (carried) this.say(row);
    };
    addEventListener("pointermove", go);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  }
}

customElements.define("v-arrange", Arrange);
