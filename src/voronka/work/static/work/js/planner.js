// <v-planner>: a task is moved by mouse, finger or keys. While it is carried both clocks go with it; where it is let
// go, the server decides: it answers with the planner anew and a toast, or asks about quiet hours.
import { headers } from "../../kit/js/net.js";
import { clockText } from "../../kit/js/clock.js";

const QUARTER = 15 * 60000, HOUR = 60 * 60000, STILL_MS = 1500, HOLD_MS = 300, SLIP = 5;
const plain = (text) => text.replace(/^0(?=\d:)/, "");
const minutes = (text) => { const [hour, minute] = text.split(":").map(Number); return hour * 60 + minute; };

class Planner extends HTMLElement {
  connectedCallback() {
    this.onDown = (event) => this.down(event);
    this.onKey = (event) => this.key(event);
    this.onMoved = (event) => this.stale(event);
    this.addEventListener("pointerdown", this.onDown);
    this.addEventListener("keydown", this.onKey);
    this.addEventListener("dragstart", (event) => event.preventDefault());
    this.addEventListener("click", (event) => this.click(event), true);
    this.addEventListener("focusout", (event) => { if (this.pending && event.target === this.pending.card) this.giveUp(); });
    document.addEventListener("live:planner", this.onMoved);
    const ask = this.querySelector("[data-quiet-ask]");
    ask?.focus();
    this.watcher = new MutationObserver(() => this.asked());
    this.watcher.observe(this.querySelector("#v-planner-ask"), { childList: true });
    this.showWork();
    if (Planner.focusNext) document.getElementById(Planner.focusNext)?.focus({ preventScroll: true });
    Planner.focusNext = "";
  }

  disconnectedCallback() {
    document.removeEventListener("live:planner", this.onMoved);
    this.watcher?.disconnect();
    this.drop(false);
    clearTimeout(this.timer);
  }

  /** A long day opens at the present hour, else at the first of work; a planner drawn anew stays where it stood. */
  showWork() {
    const week = this.querySelector(".v-week-scroll"), room = this.closest(".v-planner-room");
    const scroller = room && room.scrollHeight > room.clientHeight + 8 ? room : week;
    const today = this.querySelector("thead .is-today");
    if (today && week.scrollWidth > week.clientWidth + 8) week.scrollLeft = today.offsetLeft - 48;
    scroller.addEventListener("scroll", () => { Planner.scrolled = scroller.scrollTop; }, { passive: true });
    if (Planner.scrolled !== undefined) { scroller.scrollTop = Planner.scrolled; return; }
    if (scroller.scrollHeight <= scroller.clientHeight + 8) return;
    const row = (this.querySelector(".v-plan-now") || this.querySelector("tbody td:not(.is-off)"))?.closest("tr");
    if (row) scroller.scrollTop = Math.max(0, row.offsetTop - 2 * row.offsetHeight);
  }

  get cells() { return [...this.querySelectorAll("td[data-start]")]; }

  // -- by pointer and finger ------------------------------------------------------------------------------------

  down(event) {
    const card = event.target.closest("[data-task]");
    if (!card || event.button !== 0 || event.target.closest(".v-loose-go")) return;
    const start = { x: event.clientX, y: event.clientY };
    this.held = { card, start, pointer: event.pointerId, touch: event.pointerType === "touch" };
    this.onMove = (move) => this.move(move);
    this.onUp = (up) => this.up(up);
    this.onCancel = () => this.drop(false);
    // A finger that scrolls is no finger that carries: it has to rest first.
    if (this.held.touch) this.resting = setTimeout(() => this.lift(start.x, start.y), HOLD_MS);
    addEventListener("pointermove", this.onMove);
    addEventListener("pointerup", this.onUp);
    addEventListener("pointercancel", this.onCancel);
    this.onTouch = (touch) => { if (this.carried) touch.preventDefault(); };
    addEventListener("touchmove", this.onTouch, { passive: false });
    this.onEscape = (key) => { if (key.key === "Escape" && this.carried) { key.preventDefault(); key.stopPropagation(); this.drop(false); } };
    addEventListener("keydown", this.onEscape, true);
  }

  move(event) {
    if (!this.held || event.pointerId !== this.held.pointer) return;
    const far = Math.hypot(event.clientX - this.held.start.x, event.clientY - this.held.start.y) > SLIP;
    if (!this.carried) {
      if (this.held.touch) { if (far) this.release(); return; }
      if (!far) return;
      this.lift(event.clientX, event.clientY);
    }
    this.carry(event.clientX, event.clientY);
  }

  lift(x, y) {
    if (!this.held) return;
    const { card } = this.held;
    this.carried = document.createElement("div");
    this.carried.className = "v-carried";
    const name = document.createElement("b");
    name.textContent = card.dataset.name;
    const times = document.createElement("p");
    times.append(document.createElement("b"), document.createElement("span"));
    this.carried.append(name, times, document.createElement("em"));
    document.body.append(this.carried);
    card.classList.add("is-lifted");
    this.classList.add("is-carrying");
    if (this.held.touch) navigator.vibrate?.(12);
    this.carry(x, y);
  }

  carry(x, y) {
    const width = 216, room = innerWidth - width - 8;
    this.carried.style.transform = `translate(${Math.max(8, Math.min(x + 14, room))}px, ${Math.max(8, Math.min(y + 14, innerHeight - 110))}px)`;
    const scroller = this.querySelector(".v-week-scroll"), box = scroller.getBoundingClientRect();
    if (y < box.top + 40) scroller.scrollBy(0, -12); else if (y > box.bottom - 30) scroller.scrollBy(0, 12);
    if (x > box.right - 24) scroller.scrollBy(12, 0); else if (x < box.left + 24) scroller.scrollBy(-12, 0);
    const cell = document.elementsFromPoint(x, y).map((node) => node.closest?.("td[data-start]")).find(Boolean);
    for (const other of this.querySelectorAll("td.is-over")) if (other !== cell) other.classList.remove("is-over");
    if (!cell) { this.over = null; this.tell(null); return; }
    cell.classList.add("is-over");
    const place = cell.getBoundingClientRect(), start = Date.parse(cell.dataset.start), end = Date.parse(cell.dataset.end);
    const quarter = Math.max(0, Math.min(3, Math.floor(((y - place.top) / place.height) * 4)));
    this.over = Math.min(start + quarter * QUARTER, end - QUARTER);
    this.tell(this.over);
  }

  /** Says the moment on the carried card by both clocks, in the colour of the client's sky. */
  tell(at) {
    const [theirs, mine] = this.carried.querySelectorAll("p b, p span"), note = this.carried.querySelector("em");
    this.carried.classList.remove("is-dusk", "is-night");
    if (at === null) { theirs.textContent = "–"; mine.textContent = ""; note.textContent = ""; return; }
    const { zone } = this.held.card.dataset, sky = this.sky(this.held.card, at);
    theirs.textContent = clockText(at, zone);
    mine.textContent = zone === this.dataset.zone ? "" : this.dataset.yours.replace("{time}", plain(clockText(at, this.dataset.zone)));
    note.textContent = sky === "night" ? this.dataset.quiet : "";
    if (sky !== "day") this.carried.classList.add(`is-${sky}`);
  }

  sky(card, at) {
    if (card.dataset.opens === undefined) return "day";
    const minute = minutes(clockText(at, card.dataset.zone)), closes = Number(card.dataset.closes);
    if (minute < Number(card.dataset.opens) || minute >= closes) return "night";
    return minute >= closes - 60 && closes < 1440 ? "dusk" : "day";
  }

  up(event) {
    if (!this.held || event.pointerId !== this.held.pointer) return;
    const { card } = this.held, at = this.over;
    const carried = !!this.carried;
    this.drop(true);
    if (carried) { this.justDropped = true; setTimeout(() => { this.justDropped = false; }, 0); }
    if (carried && at !== null && at !== undefined && at !== Date.parse(card.dataset.at)) this.send(card, at);
  }

  drop() {
    this.carried?.remove();
    this.carried = null;
    this.over = null;
    this.classList.remove("is-carrying");
    this.held?.card.classList.remove("is-lifted");
    for (const cell of this.querySelectorAll("td.is-over")) cell.classList.remove("is-over");
    this.release();
  }

  release() {
    clearTimeout(this.resting);
    this.held = null;
    removeEventListener("pointermove", this.onMove);
    removeEventListener("pointerup", this.onUp);
    removeEventListener("pointercancel", this.onCancel);
    removeEventListener("touchmove", this.onTouch);
    removeEventListener("keydown", this.onEscape, true);
  }

  click(event) {
    if (this.justDropped && event.target.closest("[data-task]")) { event.preventDefault(); event.stopPropagation(); }
    if (event.target.closest("[data-quiet-shut]")) { event.preventDefault(); this.shutAsk(); }
  }

  // -- by keys --------------------------------------------------------------------------------------------------

  key(event) {
    if (event.key === "Escape" && this.querySelector("[data-quiet-ask]")) { event.preventDefault(); this.shutAsk(); return; }
    const card = event.target.closest?.("[data-task]");
    if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowRight: QUARTER, ArrowLeft: -QUARTER, ArrowDown: HOUR, ArrowUp: -HOUR }[event.key];
    if (by) { event.preventDefault(); this.shift(card, event.shiftKey && Math.abs(by) === QUARTER ? by * 96 : by); }
    else if (event.key === "Enter" && this.pending?.card === card) { event.preventDefault(); this.settle(); }
    else if (event.key === "Enter" && card.dataset.open) { event.preventDefault(); location.href = card.dataset.open; }
    else if (event.key === "Escape" && this.pending) { event.preventDefault(); this.giveUp(); }
  }

  /** Moves by keys: the card goes at once, the server is told when the keys have rested. */
  shift(card, by) {
    if (this.pending?.card !== card) {
      const now = Math.ceil((Date.now() + 60000) / QUARTER) * QUARTER;
      const from = "loose" in card.dataset ? now - (by > 0 ? by : 0) : Date.parse(card.dataset.at);
      this.giveUp();
      this.pending = { card, at: from, slot: card.parentElement, next: card.nextSibling };
    }
    this.pending.at = Math.floor(this.pending.at / QUARTER) * QUARTER + by;
    const { at } = this.pending, { zone } = card.dataset;
    for (const cell of this.cells) cell.classList.toggle("is-over", Date.parse(cell.dataset.start) <= at && at < Date.parse(cell.dataset.end));
    this.querySelector("td.is-over")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    const mine = plain(clockText(at, this.dataset.zone));
    const said = zone === this.dataset.zone ? mine : `${plain(clockText(at, zone))} · ${this.dataset.yours.replace("{time}", mine)}`;
    const line = card.querySelector("span");
    this.pending.said ??= line.textContent;
    line.textContent = this.sky(card, at) === "night" ? `${said} · ${this.dataset.quiet}` : said;
    const hover = card.parentElement.querySelector(".v-hover-time");
    if (hover) {
      this.pending.faces ??= [...hover.children].map((node) => node.textContent);
      hover.children[0].textContent = clockText(at, zone);
      if (hover.children[1]) hover.children[1].textContent = this.dataset.yours.replace("{time}", mine);
    }
    this.querySelector("[data-say]").textContent = `${card.dataset.name}: ${said}. ${this.dataset.hint}`;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), STILL_MS);
  }

  settle() {
    clearTimeout(this.timer);
    const pending = this.pending;
    if (!pending) return;
    this.pending = null;
    if ("loose" in pending.card.dataset || pending.at !== Date.parse(pending.card.dataset.at)) this.send(pending.card, pending.at);
  }

  giveUp() {
    clearTimeout(this.timer);
    if (!this.pending) return;
    const { card, said, faces } = this.pending;
    this.pending = null;
    card.querySelector("span").textContent = said;
    const hover = card.parentElement.querySelector(".v-hover-time");
    if (faces && hover) faces.forEach((text, number) => { hover.children[number].textContent = text; });
    for (const cell of this.querySelectorAll("td.is-over")) cell.classList.remove("is-over");
  }

  // -- to the server --------------------------------------------------------------------------------------------

  send(card, at) {
    Planner.focusNext = card.id;
    const values = Object.fromEntries(new FormData(this.querySelector("#v-planner-wanted")));
    htmx.ajax("POST", card.dataset.move, { target: "#v-planner", swap: "outerHTML", headers: headers(), values: { ...values, at: new Date(at).toISOString() } });
  }

  asked() {
    const ask = this.querySelector("[data-quiet-ask]");
    if (!ask) return;
    for (const cell of this.querySelectorAll("td.is-over")) cell.classList.remove("is-over");
    ask.querySelector("[data-first]")?.focus();
  }

  shutAsk() {
    this.querySelector("#v-planner-ask").replaceChildren();
    this.reload();
  }

  /** A task was moved elsewhere: look again, unless something is in hand. */
  stale() {
    if (this.carried || this.pending || this.querySelector("[data-quiet-ask]")) return;
    clearTimeout(this.fresh);
    this.fresh = setTimeout(() => { if (this.isConnected && !this.carried && !this.pending) this.reload(); }, 600);
  }

  reload() {
    const values = new URLSearchParams(new FormData(this.querySelector("#v-planner-wanted")));
    Planner.focusNext ||= document.activeElement?.id?.startsWith("plan-") ? document.activeElement.id : "";
    htmx.ajax("GET", `${location.pathname}?${values}`, { target: "#v-planner", select: "#v-planner", swap: "outerHTML" });
  }
}

customElements.define("v-planner", Planner);
