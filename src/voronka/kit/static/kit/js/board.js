// <v-board data-url [data-live]>: a card is carried to another column by mouse, resting finger or keys. Where it is let go, the
// server opens the press that leads there into #v-ask; the press moves what the card stands for. A question put away or refused
// brings the card back. data-live: names of live messages that draw the board anew.
import { headers } from "./net.js";

const HOLD_MS = 300, SLIP = 5, SOON_MS = 1200, MOST_CARDS = 100;

class Board extends HTMLElement {
  connectedCallback() {
    this.onLive = () => this.refreshSoon();
    this.onPressed = () => this.pressed();
    this.onUndone = () => { document.getElementById("v-toasts")?.replaceChildren(); this.refreshSoon(60); };
    this.onFailed = (event) => {
      if (!this.held || event.detail.target?.id !== "v-ask") return;
      this.bringBack();
      if (event.detail.xhr?.getResponseHeader("X-Refusal")) this.refreshSoon(300); // what was dropped on may be gone
    };
    this.addEventListener("pointerdown", (event) => this.down(event));
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("dragstart", (event) => event.preventDefault());
    this.addEventListener("click", (event) => this.click(event), true);
    this.addEventListener("focusout", (event) => { if (this.lifted && event.target === this.lifted.card.firstElementChild && !this.settling) this.giveUp(); });
    document.addEventListener("voronka:pressed", this.onPressed);
    document.addEventListener("voronka:undone", this.onUndone);
    document.addEventListener("htmx:responseError", this.onFailed);
    document.addEventListener("htmx:sendError", this.onFailed);
    this.names = (this.dataset.live || "").split(" ").filter(Boolean).map((name) => `live:${name}`);
    for (const name of this.names) document.addEventListener(name, this.onLive);
    this.watcher = new MutationObserver(() => this.asked());
    this.watcher.observe(document.getElementById("v-ask"), { childList: true });
    this.comeBack();
  }

  disconnectedCallback() {
    document.removeEventListener("voronka:pressed", this.onPressed);
    document.removeEventListener("voronka:undone", this.onUndone);
    document.removeEventListener("htmx:responseError", this.onFailed);
    document.removeEventListener("htmx:sendError", this.onFailed);
    for (const name of this.names || []) document.removeEventListener(name, this.onLive);
    this.watcher?.disconnect();
    clearTimeout(this.timer);
    this.drop();
  }

  get columns() { return [...this.querySelectorAll(".v-column")]; }
  get scroller() { return this.querySelector(".v-board-scroll"); }
  get isAsking() { return !!document.getElementById("v-ask")?.firstElementChild; }
  say(text) { this.querySelector("[data-says]").textContent = text; }

  // -- by pointer and finger ------------------------------------------------------------------------------------

  down(event) {
    const card = event.target.closest("[data-move]");
    if (!card || event.button !== 0 || event.target.closest(".v-card-move") || this.isAsking) return;
    this.grip = { card, x: event.clientX, y: event.clientY, pointer: event.pointerId, touch: event.pointerType === "touch" };
    this.onMove = (move) => this.move(move);
    this.onUp = (up) => this.up(up);
    this.onCancel = () => this.drop();
    if (this.grip.touch) this.resting = setTimeout(() => this.lift(event.clientX, event.clientY), HOLD_MS);
    addEventListener("pointermove", this.onMove);
    addEventListener("pointerup", this.onUp);
    addEventListener("pointercancel", this.onCancel);
    this.onTouch = (touch) => { if (this.carried) touch.preventDefault(); };
    addEventListener("touchmove", this.onTouch, { passive: false });
    this.onEscape = (key) => { if (key.key === "Escape" && this.carried) { key.preventDefault(); key.stopPropagation(); this.drop(); } };
    addEventListener("keydown", this.onEscape, true);
  }

  move(event) {
    if (!this.grip || event.pointerId !== this.grip.pointer) return;
    const far = Math.hypot(event.clientX - this.grip.x, event.clientY - this.grip.y) > SLIP;
    if (!this.carried) {
      if (this.grip.touch) { if (far) this.release(); return; }
      if (!far) return;
      this.lift(event.clientX, event.clientY);
    }
    this.carry(event.clientX, event.clientY);
  }

  lift(x, y) {
    if (!this.grip) return;
    const { card } = this.grip, box = card.getBoundingClientRect();
    this.offset = { x: this.grip.x - box.left, y: this.grip.y - box.top };
    this.carried = card.cloneNode(true);
    this.carried.className += " v-carried-card";
    this.carried.removeAttribute("data-move");
    this.carried.style.width = `${box.width}px`;
    document.body.append(this.carried);
    card.classList.add("is-lifted");
    this.classList.add("is-carrying");
    if (this.grip.touch) navigator.vibrate?.(12);
    this.carry(x, y);
  }

  carry(x, y) {
    this.carried.style.transform = `translate(${x - this.offset.x}px, ${y - this.offset.y}px) rotate(1.5deg)`;
    const box = this.scroller.getBoundingClientRect();
    if (x > box.right - 40) this.scroller.scrollBy(14, 0); else if (x < box.left + 40) this.scroller.scrollBy(-14, 0);
    this.over = document.elementsFromPoint(x, y).map((node) => node.closest?.(".v-column")).find(Boolean) || null;
    this.mark(this.over);
  }

  mark(column) { for (const one of this.columns) one.classList.toggle("is-over", one === column); }

  up(event) {
    if (!this.grip || event.pointerId !== this.grip.pointer) return;
    const { card } = this.grip, { over } = this, carried = !!this.carried;
    this.drop();
    if (!carried) return;
    this.justDropped = true;
    setTimeout(() => { this.justDropped = false; }, 0);
    if (over && over !== card.closest(".v-column")) this.put(card, over);
  }

  drop() {
    this.carried?.remove();
    this.carried = this.over = null;
    this.classList.remove("is-carrying");
    this.grip?.card.classList.remove("is-lifted");
    this.mark(null);
    this.release();
  }

  release() {
    clearTimeout(this.resting);
    this.grip = null;
    removeEventListener("pointermove", this.onMove);
    removeEventListener("pointerup", this.onUp);
    removeEventListener("pointercancel", this.onCancel);
    removeEventListener("touchmove", this.onTouch);
    removeEventListener("keydown", this.onEscape, true);
  }

  click(event) {
    if (this.justDropped && event.target.closest("[data-card]")) { event.preventDefault(); event.stopPropagation(); }
  }

  // -- by keys --------------------------------------------------------------------------------------------------

  key(event) {
    const card = event.target.closest?.("[data-card]");
    if (!card || event.target !== card.firstElementChild || event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.lifted) { this.keyLifted(event); return; }
    if (event.key === " ") {
      event.preventDefault();
      if (card.dataset.move && !event.repeat) this.liftByKey(card);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const cards = [...card.closest(".v-column").querySelectorAll("[data-card]")];
      this.focusOn(event, cards[cards.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)]);
    } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      const { columns } = this, by = event.key === "ArrowRight" ? 1 : -1;
      const top = card.getBoundingClientRect().top;
      for (let at = columns.indexOf(card.closest(".v-column")) + by; columns[at]; at += by) {
        const cards = [...columns[at].querySelectorAll("[data-card]")];
        if (!cards.length) continue;
        const near = (one) => Math.abs(one.getBoundingClientRect().top - top);
        this.focusOn(event, cards.reduce((best, one) => (near(one) < near(best) ? one : best)));
        return;
      }
    }
  }

  focusOn(event, card) {
    if (!card) return;
    event.preventDefault();
    card.firstElementChild.focus({ preventScroll: true });
    card.parentElement.scrollTop += Math.min(0, card.getBoundingClientRect().top - card.parentElement.getBoundingClientRect().top - 4)
      + Math.max(0, card.getBoundingClientRect().bottom - card.parentElement.getBoundingClientRect().bottom + 4);
    this.show(card.closest(".v-column"));
  }

  /** Brings a column into sight sideways only: the page itself stays. */
  show(column) {
    const box = column.getBoundingClientRect(), room = this.scroller.getBoundingClientRect();
    this.scroller.scrollLeft += Math.min(0, box.left - room.left) + Math.max(0, box.right - room.right);
  }

  liftByKey(card) {
    this.lifted = { card, at: this.columns.indexOf(card.closest(".v-column")) };
    card.classList.add("is-chosen");
    this.say(this.dataset.lifted);
  }

  keyLifted(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key], { columns } = this;
    if (by) {
      event.preventDefault();
      this.lifted.at = Math.max(0, Math.min(columns.length - 1, this.lifted.at + by));
      const over = columns[this.lifted.at];
      this.mark(over);
      this.show(over);
      this.say(this.dataset.over.replace("{stage}", over.dataset.name));
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      const { card, at } = this.lifted;
      this.settling = true;
      this.giveUp(false);
      if (columns[at] !== card.closest(".v-column")) this.put(card, columns[at]);
      this.settling = false;
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.giveUp();
    }
  }

  giveUp(aloud = true) {
    this.lifted.card.classList.remove("is-chosen");
    this.lifted = null;
    this.mark(null);
    if (aloud) this.say(this.dataset.back);
  }

  // -- to the server --------------------------------------------------------------------------------------------

  /** The card stands in its new column while the button asks; the place it came from is remembered. */
  put(card, column) {
    this.held = { card, list: card.parentElement, next: card.nextElementSibling, done: false };
    column.querySelector("ul").prepend(card);
    card.classList.add("is-held");
    const url = `${card.dataset.move}?to=${encodeURIComponent(column.dataset.stage)}`;
    htmx.ajax("GET", url, { target: "#v-ask", swap: "innerHTML", headers: headers() }).then(() => { if (this.held && !this.isAsking) this.bringBack(); });
  }

  /** The question has come, or gone: gone without a press, the card goes back. */
  asked() {
    if (this.isAsking) return;
    const { held } = this;
    if (held) setTimeout(() => { if (this.held === held && !held.done && !this.isAsking) this.bringBack(); }, 30);
    else if (this.waiting) this.refreshSoon();
  }

  bringBack() {
    const { card, list, next } = this.held;
    this.held = null;
    card.classList.remove("is-held");
    if (list.isConnected) list.insertBefore(card, next?.parentElement === list ? next : null);
    card.firstElementChild.focus({ preventScroll: true });
    this.say(this.dataset.back);
    if (this.waiting) this.refreshSoon();
  }

  pressed() {
    if (this.held) { this.held.done = true; Board.focusNext = this.held.card.dataset.card; }
    this.refreshSoon(60);
  }

  refreshSoon(after = SOON_MS) {
    this.waiting = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      if (!this.isConnected || this.carried || this.lifted || (this.isAsking && !this.held?.done)) return; // when hands are free
      this.waiting = false;
      this.refresh();
    }, after);
  }

  refresh() {
    const tops = Object.fromEntries(this.columns.map((one) => [one.dataset.stage, one.querySelector("ul").scrollTop]));
    const most = Math.max(0, ...this.columns.map((one) => one.querySelectorAll("[data-card]").length));
    Board.place = { left: this.scroller.scrollLeft, tops };
    Board.focusNext ||= this.contains(document.activeElement) ? document.activeElement.closest("[data-card]")?.dataset.card : "";
    const url = new URL(this.dataset.url, location.href);
    url.searchParams.set("each", String(Math.min(most, MOST_CARDS)));
    this.setAttribute("hx-get", url.pathname + url.search);
    htmx.process(this);
    htmx.trigger(this, "v-board:refresh");
  }

  comeBack() {
    const { place, focusNext } = Board;
    Board.place = Board.focusNext = null;
    if (place) {
      this.scroller.scrollLeft = place.left;
      for (const one of this.columns) one.querySelector("ul").scrollTop = place.tops[one.dataset.stage] || 0;
    }
    if (focusNext && !document.querySelector("#v-ask > *")) this.querySelector(`[data-card="${CSS.escape(focusNext)}"] > a`)?.focus({ preventScroll: true });
  }
}

customElements.define("v-board", Board);
