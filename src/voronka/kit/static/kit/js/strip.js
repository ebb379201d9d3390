// <v-strip>: when? A chip sets at once (1-5), an hour is taken by the needle, arrows move it by 15 minutes,
// up and down by an hour, "/" goes to the phrase, Enter sets. Without script each of them is a submit button.
import { isWriting } from "./net.js";
import { clockText } from "./clock.js";
import { digitOf } from "./press-bar.js";

const QUARTER = 15 * 60000, HOUR = 4 * QUARTER;
const plain = (text) => text.replace(/^0(?=\d:)/, "");

class Strip extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => this.key(event);
    document.addEventListener("keydown", this.onKey);
    this.addEventListener("click", (event) => this.click(event));
    this.addEventListener("dblclick", (event) => { if (event.target.closest(".v-strip-hour button")) this.commit(); });
    this.phrase?.addEventListener("input", () => { clearTimeout(this.wait); this.wait = setTimeout(() => this.parse(), 150); });
    this.phrase?.addEventListener("keydown", (event) => this.phraseKey(event));
    if (this.picked.value) this.moment = Date.parse(this.picked.value);
    this.querySelector(".is-pick")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
    clearTimeout(this.wait);
    this.asking?.abort();
  }

  get picked() { return this.querySelector("[data-picked]"); }
  get phrase() { return this.querySelector(".v-phrase input"); }
  get hours() { return [...this.querySelectorAll(".v-strip-hour button[data-at]")]; }
  get chips() { return [...this.querySelectorAll(".v-quick")]; }

  commit() {
    const button = this.querySelector("[data-commit]");
    if (this.picked.value) this.querySelector("form").requestSubmit(button);
    else this.phrase?.focus();
  }

  click(event) {
    const hour = event.target.closest(".v-strip-hour button");
    if (!hour) return;
    event.preventDefault();
    if (hour.getAttribute("aria-disabled") !== "true") this.pick(Date.parse(hour.dataset.at));
  }

  /** Moves the needle to a moment and says what it means by both clocks. */
  pick(moment, said = null) {
    const hours = this.hours;
    const cell = hours.findLast((button) => Date.parse(button.dataset.at) <= moment && moment < Date.parse(button.dataset.at) + HOUR);
    if (!cell && !said) return false;
    if (cell?.getAttribute("aria-disabled") === "true" && !said) return false;
    this.moment = moment;
    this.picked.value = new Date(moment).toISOString();
    for (const button of hours) {
      const mine = button === cell;
      button.parentElement.classList.toggle("is-pick", mine);
      button.tabIndex = mine ? 0 : -1;
    }
    this.querySelectorAll(".v-strip-needle").forEach((needle) => needle.remove());
    const client = plain(clockText(moment, this.dataset.zone)), mine = plain(clockText(moment, this.dataset.myZone));
    if (cell) this.needle(cell, moment, client);
    const result = this.querySelector("[data-result]"), commit = this.querySelector("[data-commit] span");
    if (said) {
      result.textContent = said.result;
      commit.textContent = said.commit;
      return true;
    }
    const bold = document.createElement("b");
    bold.textContent = this.dataset.say.replace("{day}", cell.dataset.dayName).replace("{client}", client).replace("{mine}", mine);
    const tasks = Number(cell.dataset.tasks);
    result.replaceChildren(bold, " ", tasks ? this.dataset.full.replace("{n}", tasks) : this.dataset.free);
    commit.textContent = this.dataset.sayCommit.replace("{client}", client);
    return true;
  }

  /** The needle stands on a quarter by its class: the page allows no inline style. */
  needle(cell, moment, client) {
    const quarter = Math.round((moment - Date.parse(cell.dataset.at)) / QUARTER);
    const needle = document.createElement("i");
    needle.className = `v-strip-needle is-q${quarter}`;
    const label = document.createElement("em");
    label.textContent = client;
    needle.append(label);
    cell.parentElement.append(needle);
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** The next moment in a direction that may be taken; forbidden hours and folded nights are jumped over. */
  step(by) {
    const open = this.hours.filter((button) => button.getAttribute("aria-disabled") !== "true");
    if (!open.length) return;
    if (this.moment === undefined) { this.pick(Date.parse(open[0].dataset.at)); return; }
    if (this.pick(this.moment + by)) return;
    const ahead = by > 0
      ? open.find((button) => Date.parse(button.dataset.at) > this.moment)
      : open.findLast((button) => Date.parse(button.dataset.at) + HOUR <= this.moment);
    if (ahead) this.pick(Date.parse(ahead.dataset.at) + (by > 0 ? 0 : HOUR - QUARTER));
  }

  key(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isWriting(event)) return;
    const digit = digitOf(event);
    const by = { ArrowRight: QUARTER, ArrowLeft: -QUARTER, ArrowDown: HOUR, ArrowUp: -HOUR }[event.key];
    if (by) { event.preventDefault(); this.step(by); }
    else if (digit && this.chips[digit - 1] && !event.repeat) { event.preventDefault(); this.chips[digit - 1].click(); }
    else if (event.key === "/" || event.code === "Slash" || event.code === "NumpadDivide") { event.preventDefault(); this.phrase?.focus(); this.phrase?.select(); }
    else if (event.key === "Enter" && !event.repeat && !event.target.closest?.("a, .v-quick, [data-commit]")) { event.preventDefault(); this.commit(); }
  }

  phraseKey(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    clearTimeout(this.wait);
    this.parse().then((good) => { if (good) this.commit(); });
  }

  /** Asks the server what the words mean. Answer: {ok, at, result, commit} or {ok: false, why}. */
  async parse() {
    const url = this.phrase.dataset.parseUrl, text = this.phrase.value.trim();
    this.asking?.abort();
    if (!url || !text) return false;
    this.asking = new AbortController();
    const address = new URL(url, location.href);
    address.searchParams.set("q", text);
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" }, signal: this.asking.signal });
      const said = await response.json();
      this.phrase.setAttribute("aria-invalid", said.ok ? "false" : "true");
      if (said.ok) return this.pick(Date.parse(said.at), said);
      this.querySelector("[data-result]").textContent = said.why || said.message || "";
    } catch { /* an older question was dropped, or there is no connection: the words stay in the field and go with the form */ }
    return false;
  }
}

customElements.define("v-strip", Strip);
