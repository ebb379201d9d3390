// <v-mention data-url>: an @ in a field inside offers colleagues by name; arrows and Enter or a press put the name in.
// The list is a listbox that the field points to; the field keeps the focus all the time.
const LIMIT = 40;
let count = 0;

class Mention extends HTMLElement {
  connectedCallback() {
    this.field = this.querySelector("input:not([type=hidden]), textarea");
    if (!this.field || this.list) return;
    this.list = document.createElement("ul");
    this.list.className = "v-mention-list";
    this.list.id = `v-mention-${++count}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.dataset.label || "@");
    this.list.hidden = true;
    this.append(this.list);
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", this.list.id]]) this.field.setAttribute(name, value);
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.key(event), true);
    this.field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const row = event.target.closest("li");
      if (row) this.put(row.dataset.name);
    });
  }

  disconnectedCallback() { clearTimeout(this.timer); }

  /** The word after the last @ before the caret; an address like a@b is none. */
  word() {
    const before = this.field.value.slice(0, this.field.selectionStart), at = before.lastIndexOf("@");
    if (at < 0 || /[\p{L}\d.]$/u.test(before.slice(0, at))) return null;
    const typed = before.slice(at + 1);
    return typed.length > LIMIT || /[\n@]/.test(typed) || /\s\S*\s/.test(typed) ? null : { at, typed };
  }

  typed() {
    clearTimeout(this.timer);
    const word = this.word();
    if (!word) { this.close(); return; }
    this.timer = setTimeout(() => this.ask(word), 120);
  }

  async ask(word) {
    try {
      const response = await fetch(`${this.dataset.url}?q=${encodeURIComponent(word.typed)}`, { headers: { Accept: "application/json" } });
      if (!response.ok) return;
      const { people } = await response.json(), now = this.word();
      if (!now || now.at !== word.at || now.typed !== word.typed) return;
      this.show(people);
    } catch { this.close(); }
  }

  show(people) {
    this.list.replaceChildren(...people.map(({ name, role }, place) => {
      const row = document.createElement("li"), bold = document.createElement("b"), small = document.createElement("small");
      row.id = `${this.list.id}-${place}`;
      row.setAttribute("role", "option");
      row.dataset.name = name;
      bold.textContent = name;
      small.textContent = role;
      row.append(bold, small);
      return row;
    }));
    this.list.hidden = people.length === 0;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    this.choose(0);
  }

  choose(place) {
    const rows = [...this.list.children];
    if (!rows.length) { this.field.removeAttribute("aria-activedescendant"); return; }
    this.at = (place + rows.length) % rows.length;
    rows.forEach((row, index) => row.setAttribute("aria-selected", String(index === this.at)));
    this.field.setAttribute("aria-activedescendant", rows[this.at].id);
    rows[this.at].scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (this.list.hidden) return;
    if (event.key === "ArrowDown") this.choose(this.at + 1);
    else if (event.key === "ArrowUp") this.choose(this.at - 1);
    else if (event.key === "Enter" || event.key === "Tab") this.put(this.list.children[this.at].dataset.name);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  put(name) {
    const word = this.word();
    if (!word) { this.close(); return; }
    this.field.setRangeText(`@${name} `, word.at, this.field.selectionStart, "end");
    this.close();
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  close() {
    if (!this.list || this.list.hidden) return;
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}

customElements.define("v-mention", Mention);
