// <v-draft data-key [data-kept]><form>…</form></v-draft>: nothing typed is ever lost. What was changed in the form is kept in this
// browser by form and person, comes back after a reload, a lost session or a restart of the server, and goes when the form went through.
// `data-kept`: the server has sent the words back itself (with errors, for a look), so they win, and are not saved yet.

const PREFIX = "v-draft:", DAYS = 14 * 86400000;
const skip = (field) => !field.name || field.type === "hidden" || field.type === "password" || field.type === "file" || field.type === "submit" || field.name === "csrfmiddlewaretoken";
const same = (one, other) => JSON.stringify(one || []) === JSON.stringify(other || []);

// A form that was sent went through when a page of ours came after it. The page of an error proves nothing, nor does one for people
// who are not signed in, nor one that was reached by the way back, by a reload or by an address typed after the connection was lost.
const isOurs = !("error" in document.documentElement.dataset) && !!document.body.dataset.user;
const cameOn = performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.referrer.startsWith(location.origin);
let isArriving = true;

class Draft extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.key = `${PREFIX}${document.body.dataset.user || ""}:${this.dataset.key || location.pathname}`;
    this.first = this.read();
    this.names = new Set();
    if ("kept" in this.dataset) this.goOn();
    else this.restore();
    this.form.addEventListener("input", () => this.keep());
    this.form.addEventListener("change", () => this.keep());
    this.form.addEventListener("submit", () => { this.flush(); sessionStorage.setItem(this.key, "sent"); });
    this.form.addEventListener("reset", () => this.drop());
    this.form.addEventListener("click", (event) => { if (event.target.closest(".v-form-acts a[href]")) this.drop(); });
    this.form.addEventListener("htmx:afterRequest", (event) => {
      if (event.detail.elt !== this.form) return;
      sessionStorage.removeItem(this.key);
      if (event.detail.successful) { this.drop(); if (this.isConnected && this.form.matches(".v-note")) this.form.reset(); }
    });
    this.onHide = () => this.flush();
    addEventListener("pagehide", this.onHide);
  }

  disconnectedCallback() {
    if (!this.form) return;
    this.flush();
    removeEventListener("pagehide", this.onHide);
  }

  read() {
    const values = {};
    for (const field of this.form.elements) {
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

  flush() {
    clearTimeout(this.timer);
    if (this.dirty) this.write();
  }

  // Only what was changed: what a colleague saves meanwhile in other fields must not be written over by an old draft.
  write() {
    this.dirty = false;
    const now = this.read(), values = {};
    for (const name of new Set([...Object.keys(this.first), ...Object.keys(now)])) {
      if (this.names.has(name) || !same(now[name], this.first[name])) values[name] = now[name] || [];
    }
    try {
      if (Object.keys(values).length) localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), values }));
      else localStorage.removeItem(this.key);
    } catch { /* the browser's store is full or shut: the form itself still holds the words */ }
  }

  drop() {
    clearTimeout(this.timer);
    this.dirty = false;
    this.names.clear();
    localStorage.removeItem(this.key);
    sessionStorage.removeItem(this.key);
  }

  kept() {
    let kept;
    try { kept = JSON.parse(localStorage.getItem(this.key) || "null"); } catch { kept = null; }
    if (kept && Date.now() - kept.at <= DAYS) return kept.values;
    localStorage.removeItem(this.key);
    return null;
  }

  // The words came back unsaved: what was changed before is changed still.
  goOn() {
    sessionStorage.removeItem(this.key);
    this.names = new Set(Object.keys(this.kept() || {}));
  }

  restore() {
    const isSent = sessionStorage.getItem(this.key) === "sent";
    sessionStorage.removeItem(this.key);
    if (isSent && (!isArriving || (isOurs && cameOn))) { this.drop(); return; }
    const values = this.kept();
    if (!values) return;
    const taken = {};
    for (const field of this.form.elements) {
      if (skip(field) || !(field.name in values)) continue;
      const held = values[field.name];
      if (field.type === "checkbox" || field.type === "radio") field.checked = held.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = held.includes(option.value);
      else { const at = (taken[field.name] = (taken[field.name] ?? -1) + 1); if (held[at] !== undefined) field.value = held[at]; }
    }
    this.tell();
  }

  // What stands in a big form and is not what is saved must be told; in a note of one line it is seen.
  tell() {
    const words = document.body.dataset.draftWords;
    if (!words || !this.form.matches(".v-form")) return;
    const line = document.createElement("p");
    line.className = "v-quiet";
    line.setAttribute("role", "status");
    line.textContent = words;
    this.form.prepend(line);
  }
}

customElements.define("v-draft", Draft);
isArriving = false;

const here = new Set([...document.querySelectorAll("v-draft")].map((draft) => draft.key));
for (const key of Object.keys(sessionStorage)) {
  if (!key.startsWith(PREFIX) || here.has(key)) continue;
  sessionStorage.removeItem(key);
  if (isOurs && cameOn) localStorage.removeItem(key);
}
// Old drafts of forms nobody came back to.
for (const key of Object.keys(localStorage)) {
  if (!key.startsWith(PREFIX)) continue;
  try { if (Date.now() - JSON.parse(localStorage.getItem(key)).at > DAYS) localStorage.removeItem(key); } catch { localStorage.removeItem(key); }
}
