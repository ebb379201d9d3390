// <v-blocks>: the editor of a letter of blocks. Every act is a button of a form that the server answers; this adds what a form
// cannot: a block carried by its grip, the look drawn anew while somebody types, a field put where the caret was, marks of bold.

const SOON_MS = 500, LATE_MS = 8000, HOLD = 4;
let looks = 0;

class Blocks extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.addEventListener("input", (event) => { if (event.target.name !== "goods") this.lookSoon(); });
    this.addEventListener("change", (event) => this.changed(event));
    this.addEventListener("focusin", (event) => { if (event.target.matches("[name^=f-], [name=subject]")) this.at = event.target; });
    this.addEventListener("click", (event) => {
      const field = event.target.closest("[data-insert]");
      if (field) this.insert(field.dataset.insert);
    });
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("pointerdown", (event) => this.down(event));
    this.querySelector("[data-look]").classList.add("v-hide");
    this.wide();
    // What is said lands in the live region after the page has settled: a region that comes with its words stays silent.
    const said = this.querySelector("[data-said]"), words = said.textContent;
    said.textContent = "";
    if (words) setTimeout(() => { said.textContent = words; }, 150);
    const wrong = this.querySelector(".v-blocks-set [aria-invalid=true]");
    if (wrong) setTimeout(() => wrong.focus(), 80); // behind htmx, which gives the focus back to the button
    this.look();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.again = false;
    this.up?.();
  }

  changed(event) {
    const { target } = event;
    if (target.name === "width") this.wide();
    else if (target.type === "file" && target.files.length) target.closest(".v-blocks-file").querySelector("button").click();
    else this.lookSoon(0);
  }

  wide() {
    this.querySelector("[data-frame]").classList.toggle("is-phone", this.form.elements.width.value === "phone");
  }

  lookSoon(after = SOON_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), after);
  }

  // A frame of its own each time, shown when it is there: the way back of the browser gets no entries, and nothing flickers. One
  // at a time: a frame taken away while it loads may hold up the next one.
  look() {
    if (this.isLooking) { this.again = true; return; }
    const box = this.querySelector("[data-frame]"), old = box.querySelector("iframe"), fresh = old.cloneNode();
    this.isLooking = true;
    fresh.classList.add("is-coming");
    fresh.name = `v-look-${++looks}`;
    box.append(fresh);
    const button = this.querySelector("[data-look]"), files = [...this.querySelectorAll("[type=file]")];
    button.formTarget = fresh.name;
    for (const one of files) one.disabled = true;
    this.form.requestSubmit(button);
    for (const one of files) one.disabled = false;
    const done = () => {
      clearTimeout(late);
      fresh.classList.remove("is-coming");
      old.remove();
      box.dataset.looks = looks;
      this.isLooking = false;
      if (this.again) { this.again = false; this.look(); }
    };
    // The empty page that a new frame begins with has come by now.
    fresh.addEventListener("load", done, { once: true });
    const late = setTimeout(done, LATE_MS);
  }

  insert(text) {
    const at = this.at?.isConnected ? this.at : this.querySelector(".v-blocks-set textarea, .v-blocks-set input[type=text]");
    if (!at) return;
    at.focus();
    at.setRangeText(text, at.selectionStart, at.selectionEnd, "end");
    at.dispatchEvent(new Event("input", { bubbles: true }));
  }

  key(event) {
    const { target } = event, row = target.closest("[data-block]");
    if (row && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      const id = row.dataset.block, button = document.getElementById(`b-${id}-${event.key === "ArrowUp" ? "up" : "down"}`);
      if (!button.disabled) button.click();
    }
    const mark = { b: "**", i: "*" }[event.key.toLowerCase()];
    if (mark && (event.ctrlKey || event.metaKey) && target.matches("textarea")) {
      event.preventDefault();
      const words = target.value.slice(target.selectionStart, target.selectionEnd);
      target.setRangeText(mark + words + mark, target.selectionStart, target.selectionEnd, "select");
      target.setSelectionRange(target.selectionStart + mark.length, target.selectionEnd - mark.length);
      target.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  down(event) {
    const row = event.target.closest(".v-blocks-grip")?.closest("[data-block]");
    if (!row || event.button !== 0) return;
    event.preventDefault();
    const from = event.clientY;
    let carried = false;
    const move = (at) => {
      if (!carried && Math.abs(at.clientY - from) < HOLD) return;
      carried = true;
      row.classList.add("is-carried");
      const others = [...row.parentElement.children].filter((one) => one !== row);
      const next = others.find((one) => { const box = one.getBoundingClientRect(); return at.clientY < box.top + box.height / 2; });
      if (next) next.before(row); else row.parentElement.append(row);
    };
    this.up = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", this.up);
      removeEventListener("pointercancel", this.up);
      this.up = null;
      row.classList.remove("is-carried");
      if (!carried || !this.isConnected) return;
      this.form.elements.order.value = [...row.parentElement.children].map((one) => one.dataset.block).join(",");
      const button = row.querySelector(".v-blocks-pick");
      button.value = `order:${row.dataset.block}`;
      button.click();
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", this.up);
    addEventListener("pointercancel", this.up);
  }
}

customElements.define("v-blocks", Blocks);
