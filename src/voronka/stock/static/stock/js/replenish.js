// What to order by keys: arrows choose a row and open it, Space ticks it, plus and minus change it by a pack.

const number = (text) => Number(String(text).replace(/\s/g, "").replace(",", ".")) || 0;
const plain = (value) => String(Math.round(value * 1000) / 1000);

class Replenish extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
    this.addEventListener("click", this);
    this.addEventListener("input", this);
    for (const row of this.rows()) row.tabIndex = 0;
    this.addEventListener("focusin", this);
    this.reckon();
    const first = this.rows()[0];
    if (first && matchMedia("(min-width: 900px)").matches) this.open(first);
  }

  disconnectedCallback() {
    for (const name of ["keydown", "click", "input", "focusin"]) this.removeEventListener(name, this);
  }

  rows() {
    return [...this.querySelectorAll("[data-row]")];
  }

  handleEvent(event) {
    const row = event.target.closest("[data-row]");
    if (event.type === "input") return this.reckon();
    if (!row) return;
    if (event.type === "focusin") return event.target === row ? this.open(row) : undefined;
    if (event.type === "click") return this.clicked(event, row);
    this.pressed(event, row);
  }

  clicked(event, row) {
    const step = event.target.closest("[data-more]") ? 1 : event.target.closest("[data-less]") ? -1 : 0;
    if (step) return this.change(row, step);
    if (event.target.closest("[data-open]")) {
      event.preventDefault();
      this.open(row);
    }
  }

  pressed(event, row) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.matches("[data-many]")) return;
    const rows = this.rows();
    const at = rows.indexOf(row);
    const act = {
      ArrowDown: () => rows[at + 1]?.focus(),
      ArrowUp: () => rows[at - 1]?.focus(),
      "+": () => this.change(row, 1),
      "=": () => this.change(row, 1),
      "-": () => this.change(row, -1),
      " ": () => {
        const box = row.querySelector("[name=pick]");
        if (box) box.checked = !box.checked;
        this.reckon();
      },
    }[event.key];
    if (!act || event.target.matches("button, a, input")) return;
    event.preventDefault();
    act();
  }

  change(row, step) {
    const field = row.querySelector("[data-many]");
    if (!field) return;
    const by = number(field.dataset.step);
    field.value = plain(Math.max(by, number(field.value) + step * by));
    row.querySelector("[name=pick]").checked = true;
    this.reckon();
  }

  open(row) {
    if (row.classList.contains("is-open")) return;
    for (const other of this.rows()) {
      other.classList.toggle("is-open", other === row);
      other.nextElementSibling.hidden = other !== row;
    }
    const place = row.nextElementSibling.lastElementChild;
    if (!place.hasChildNodes()) this.fill(place, row.querySelector("[data-open]").href);
  }

  async fill(place, address) {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (answer.ok) place.innerHTML = await answer.text();
  }

  reckon() {
    let total = 0;
    let goods = 0;
    const groups = new Set();
    for (const row of this.rows()) {
      const box = row.querySelector("[name=pick]");
      if (!box) continue;
      const many = number(row.querySelector("[data-many]").value);
      const sum = Math.max(many - number(row.dataset.moved), 0) * number(row.dataset.cost);
      const cell = row.querySelector("[data-sum] b");
      if (cell) cell.textContent = this.shown(sum);
      if (!box.checked) continue;
      goods += 1;
      total += sum;
      for (const group of row.dataset.groups.split(" ")) if (group) groups.add(group);
    }
    const foot = document.getElementById("order-foot");
    if (!foot) return;
    const set = (name, value) => {
      const place = foot.querySelector(`[data-${name}]`);
      if (place) place.textContent = this.shown(value);
    };
    set("total", total);
    set("goods", goods);
    set("orders", [...groups].filter((one) => one.startsWith("s")).length);
    set("transfers", [...groups].filter((one) => one.startsWith("p")).length);
  }

  shown(value) {
    return Math.round(value).toLocaleString(document.documentElement.lang || "ru");
  }
}

customElements.define("v-replenish", Replenish);
