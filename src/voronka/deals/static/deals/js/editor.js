// <v-editor>: the editor of buttons. Without it every edit is a form with a button of its own; with it the order is changed by
// dragging or Alt with arrows, the sign of the draft stays fresh in all forms, settings that do not matter are hidden.

class Editor extends HTMLElement {
  connectedCallback() {
    this.on = {
      keydown: (event) => this.key(event),
      input: (event) => this.count(event.target),
      change: () => this.matter(),
      click: (event) => this.click(event),
      dragstart: (event) => this.drag(event),
      dragover: (event) => { if (this.moved && this.place(event)) event.preventDefault(); },
      drop: (event) => this.dropped(event),
      dragend: () => this.release(),
    };
    for (const [name, act] of Object.entries(this.on)) this.addEventListener(name, act);
    this.onSaved = (event) => this.saved(event.detail.rev);
    this.onFocus = (event) => document.getElementById(event.detail.to)?.focus();
    document.body.addEventListener("v-editor:saved", this.onSaved);
    document.body.addEventListener("v-editor:focus", this.onFocus);
    if (Editor.wanted) { document.getElementById(Editor.wanted)?.focus(); Editor.wanted = ""; }
    this.matter();
  }

  disconnectedCallback() {
    document.body.removeEventListener("v-editor:saved", this.onSaved);
    document.body.removeEventListener("v-editor:focus", this.onFocus);
  }

  /** The draft was saved: later edits are made on its new state. */
  saved(rev) { for (const field of this.querySelectorAll("input[name=rev]")) field.value = rev; this.enableMain(); }
  enableMain() { const act = this.querySelector(".v-edit-head .v-act--main"); if (act) act.disabled = false; }

  count(field) {
    if (field.id !== "v-edit-label") return;
    const note = this.querySelector("#v-edit-count");
    if (note) note.textContent = note.dataset.of.replace("#", [...field.value].length);
  }

  /** A setting matters only beside some values of another. */
  matter() {
    for (const row of this.querySelectorAll("[data-when]")) {
      const other = row.closest("form")?.elements[row.dataset.when];
      if (other) row.hidden = !row.dataset.values.split(" ").includes(other.value);
    }
  }

  click(event) {
    const add = event.target.closest("[data-add-row]"), drop = event.target.closest("[data-drop-row]");
    const slot = event.target.closest("[data-focus]");
    if (slot) Editor.wanted = slot.dataset.focus;
    if (add) this.addRow(add.closest("table"));
    if (drop) this.dropRow(drop.closest("tr"));
  }

  addRow(table) {
    const rows = table.tBodies[0].rows, last = rows[rows.length - 1];
    if (!last || rows.length >= Number(table.dataset.most)) return;
    const isEnd = last.querySelector("select").value === "archive";
    const pattern = isEnd && rows.length > 1 ? rows[rows.length - 2] : last;
    const row = pattern.cloneNode(true);
    row.querySelector("input").removeAttribute("id");
    row.querySelector("select").value = isEnd && rows.length === 1 ? "minutes" : pattern.querySelector("select").value;
    last.parentNode.insertBefore(row, isEnd ? last : null);
    this.number(table);
    row.querySelector("input").focus();
    row.querySelector("input").dispatchEvent(new Event("change", { bubbles: true }));
  }

  dropRow(row) {
    const table = row.closest("table"), form = row.closest("form");
    if (table.tBodies[0].rows.length < 2) return;
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    this.number(table);
    next.querySelector("input").focus();
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  number(table) { [...table.tBodies[0].rows].forEach((row, at) => { row.querySelector("th span").textContent = at + 1; }); }

  key(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"].includes(event.key)) return;
    const row = event.target.closest(".v-edit-slot, .v-rule, [role=tab]");
    if (!row || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    this.move(row, Number(row.dataset.at) + (["ArrowUp", "ArrowLeft"].includes(event.key) ? -1 : 1));
  }

  drag(event) {
    const grip = event.target.closest?.(".v-rule-grip"), row = grip?.closest(".v-edit-slot, .v-rule");
    if (!row) return;
    this.moved = row;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", row.dataset.at);
    event.dataTransfer.setDragImage(row, 12, 12);
    row.classList.add("is-dragged");
  }

  /** The row of the same list under the pointer. */
  place(event) {
    const row = event.target.closest?.(".v-edit-slot, .v-rule");
    const fits = row && row !== this.moved && row.parentNode === this.moved.parentNode && "at" in row.dataset;
    for (const one of this.querySelectorAll(".is-over")) one.classList.remove("is-over");
    if (fits) row.classList.add("is-over");
    return fits ? row : null;
  }

  dropped(event) {
    const row = this.moved && this.place(event), from = this.moved;
    this.release();
    if (!row) return;
    event.preventDefault();
    this.move(from, Number(row.dataset.at));
  }

  release() {
    for (const one of this.querySelectorAll(".is-dragged, .is-over")) one.classList.remove("is-dragged", "is-over");
    this.moved = null;
  }

  move(row, to) {
    const last = row.parentNode.querySelectorAll(":scope > [data-at]").length - 1;
    const form = this.querySelector("#v-edit-mover");
    if (!form || to < 0 || to > last || to === Number(row.dataset.at)) return;
    const fields = form.elements;
    fields.to.value = to;
    if (row.matches(".v-edit-slot")) { fields.do.value = "button.move"; fields.button.value = row.dataset.key; }
    else if (row.matches(".v-rule")) { fields.do.value = "step.move"; fields.number.value = row.dataset.at; }
    else { fields.do.value = "outcome.move"; fields.outcome.value = row.dataset.key; }
    form.requestSubmit();
  }
}

customElements.define("v-editor", Editor);

document.addEventListener("submit", (event) => {
  const question = event.target.dataset?.confirm;
  if (question && !confirm(question)) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "F5" || event.ctrlKey || event.shiftKey || event.altKey) return;
  const form = document.querySelector("#v-dry form");
  if (form) { event.preventDefault(); form.requestSubmit(); }
});
