// <v-draft data-key [data-kept]><form>…</form></v-draft>: nothing typed is ever lost. What is in the form is kept in this browser by
// form and person, comes back after a reload, a lost session or a restart of the server, and goes when the form went through.
// `data-kept`: the server has sent the words back itself (with errors), so they win.

const PREFIX = "v-draft:", DAYS = 14 * 86400000;
const skip = (field) => !field.name || field.type === "hidden" || field.type === "password" || field.type === "file" || field.type === "submit" || field.name === "csrfmiddlewaretoken";

class Draft extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.key = `${PREFIX}${document.body.dataset.user || ""}:${this.dataset.key || location.pathname}`;
    this.first = JSON.stringify(this.read());
    if (!("kept" in this.dataset)) this.restore();
    this.form.addEventListener("input", () => this.keep());
    this.form.addEventListener("change", () => this.keep());
    this.form.addEventListener("submit", () => sessionStorage.setItem(this.key, "sent"));
    this.form.addEventListener("reset", () => this.drop());
    this.form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== this.form) return;
      sessionStorage.removeItem(this.key);
      if (event.detail.successful) { this.drop(); if (this.isConnected && this.form.matches(".v-note")) this.form.reset(); }
    });
  }

  disconnectedCallback() { clearTimeout(this.timer); if (this.dirty) this.write(); }

  read() {
    const values = {};
    for (const field of this.form?.elements || []) {
      if (skip(field)) continue;
      if (field.type === "checkbox" || field.type === "radio") { if (field.checked) (values[field.name] ||= []).push(field.value); }
      else if (field.multiple) values[field.name] = [...field.selectedOptions].map((option) => option.value);
      else (values[field.name] ||= []).push(field.value);
    }
    return values;
  }

  keep() {
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), 200);
  }

  write() {
    this.dirty = false;
    const values = this.read();
    try {
      if (JSON.stringify(values) === this.first) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), values }));
    } catch { /* the browser's store is full or shut: the form itself still holds the words */ }
  }

  drop() {
    clearTimeout(this.timer);
    this.dirty = false;
    localStorage.removeItem(this.key);
    sessionStorage.removeItem(this.key);
  }

  restore() {
    // The form was sent and the page that came back offers it anew, empty: it went through.
    if (sessionStorage.getItem(this.key) === "sent" && !("error" in document.documentElement.dataset)) { this.drop(); return; }
    let kept;
    try { kept = JSON.parse(localStorage.getItem(this.key) || "null"); } catch { kept = null; }
    if (!kept || Date.now() - kept.at > DAYS) { localStorage.removeItem(this.key); return; }
    const taken = {};
    for (const field of this.form.elements) {
      if (skip(field) || !(field.name in kept.values)) continue;
      const values = kept.values[field.name];
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else { const at = (taken[field.name] = (taken[field.name] ?? -1) + 1); if (values[at] !== undefined) field.value = values[at]; }
    }
    this.dispatchEvent(new CustomEvent("v-draft:restored", { bubbles: true }));
  }
}

customElements.define("v-draft", Draft);

// Forms that were sent and did not come back went through; the page of an error proves nothing.
if (!("error" in document.documentElement.dataset)) {
  const here = new Set([...document.querySelectorAll("v-draft")].map((draft) => draft.key));
  for (const key of Object.keys(sessionStorage)) {
    if (!key.startsWith(PREFIX) || sessionStorage.getItem(key) !== "sent" || here.has(key)) continue;
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
  }
}
// Old drafts of forms nobody came back to.
for (const key of Object.keys(localStorage)) {
  if (!key.startsWith(PREFIX)) continue;
  try { if (Date.now() - JSON.parse(localStorage.getItem(key)).at > DAYS) localStorage.removeItem(key); } catch { localStorage.removeItem(key); }
}
