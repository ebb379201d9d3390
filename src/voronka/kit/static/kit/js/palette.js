// <v-palette data-url>: anything by name, Ctrl K. Rows come from the server as a fragment (c-v.found).
import { sayFailed } from "./net.js";

class Palette extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.globalKey(event);
    this.onClick = (event) => { if (event.target.closest("[data-palette]") && !event.ctrlKey && !event.metaKey) { event.preventDefault(); this.open(); } };
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("click", this.onClick);
    this.addEventListener("click", (event) => { if (event.target === this) this.close(); });
    this.addEventListener("pointermove", (event) => this.choose(event.target.closest("[role=option]"), false));
    this.field.addEventListener("input", () => { this.picked = null; clearTimeout(this.wait); this.wait = setTimeout(() => this.look(), 80); });
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.go(); });
    if (!this.hidden) this.focusInside();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("click", this.onClick);
    clearTimeout(this.wait);
    this.asking?.abort();
  }

  get field() { return this.querySelector("input"); }
  get list() { return this.querySelector("[role=listbox]"); }
  get rows() { return [...this.querySelectorAll("[role=option]")]; }
  get chosen() { return this.querySelector("[role=option].is-on"); }

  globalKey(event) {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") { event.preventDefault(); if (this.hidden) this.open(); else this.close(); }
    else if (event.key === "Escape" && !this.hidden) { event.preventDefault(); event.stopPropagation(); this.close(); }
    else if (event.key === "Tab" && !this.hidden) { event.preventDefault(); this.field.focus(); }
  }

  open() {
    this.from = document.activeElement;
    this.picked = null;
    this.hidden = false;
    this.focusInside();
    this.look();
  }

  focusInside() { this.field.focus(); this.field.select(); }

  close() {
    this.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.blur();
    this.from?.focus?.({ preventScroll: true });
  }

  key(event) {
    const rows = this.rows, at = rows.indexOf(this.chosen);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && rows.length) { event.preventDefault(); this.pick(rows[(at + step + rows.length) % rows.length]); }
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.chosen?.dataset.call) { event.preventDefault(); location.href = this.chosen.dataset.call; }
  }

  /** A row taken by keys stays chosen when a late answer to the same words lays the rows anew. */
  pick(row) {
    this.picked = row.pathname;
    this.choose(row);
  }

  choose(row, scroll = true) {
    if (!row || row === this.chosen) return;
    for (const one of this.rows) { one.classList.toggle("is-on", one === row); one.setAttribute("aria-selected", String(one === row)); }
    this.field.setAttribute("aria-activedescendant", row.id);
    if (scroll) row.scrollIntoView({ block: "nearest" });
  }

  /** Enter: the chosen row, once the newest words have been answered. */
  async go() {
    if (this.wait || this.asking) await this.look();
    const row = this.chosen;
    if (row) row.click();
  }

  async look() {
    clearTimeout(this.wait);
    this.wait = 0;
    this.asking?.abort();
    const asking = this.asking = new AbortController();
    const address = new URL(this.dataset.url, location.href);
    address.searchParams.set("q", this.field.value);
    try {
      const response = await fetch(address, { headers: { "HX-Request": "true" }, signal: asking.signal });
      if (!response.ok) throw new Error(String(response.status));
      // The answer is our own template, escaped by the server.
      this.list.innerHTML = await response.text();
      this.field.setAttribute("aria-expanded", String(this.rows.length > 0));
      const first = this.chosen || this.rows[0];
      if (first) this.field.setAttribute("aria-activedescendant", first.id); else this.field.removeAttribute("aria-activedescendant");
      this.choose(this.picked && this.rows.find((row) => row.pathname === this.picked));
      window.htmx?.process(this.list);
    } catch (error) {
      if (error.name !== "AbortError") sayFailed("offline");
    } finally {
      if (this.asking === asking) this.asking = null;
    }
  }
}

customElements.define("v-palette", Palette);
