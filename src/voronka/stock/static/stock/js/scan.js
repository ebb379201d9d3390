// <v-scan>: a paper is filled by a scanner that types, the camera, or a typed code; without a connection as well.
import { headers, isWriting } from "../../kit/js/net.js";
import { Camera, canSee } from "./camera.js";
import { Readings, laidOver } from "./readings.js";
import { sound } from "./sounds.js";

const AT_ONCE = 100, AGAIN_MS = 3000, WAIT_MS = 15000, TYPED_MS = 1000, MOST_ROWS = 200;
const SVG = "http://www.w3.org/2000/svg";
const bare = (code) => code.trim().replace(/^0+(?=\d)/, "");

class Scan extends HTMLElement {
  connectedCallback() {
    this.paper = JSON.parse(this.dataset.state);
    this.readings = new Readings(this.dataset.paper);
    this.sent = { many: 0, at: null };
    this.began = null;
    this.counted = new Set();
    this.line = { text: "", at: 0 };
    this.camera = new Camera(this.at("video"), (code) => this.take(code));
    this.aborted = new AbortController();
    const { signal } = this.aborted;
    document.addEventListener("keydown", (event) => this.key(event), { signal });
    addEventListener("online", () => this.flush(), { signal });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.camera.stop(); else this.flush(); }, { signal });
    this.addEventListener("click", (event) => this.press(event));
    this.at("finish").addEventListener("submit", (event) => this.finish(event));
    this.draw();
    this.flush();
  }

  disconnectedCallback() {
    this.aborted.abort();
    this.camera.stop();
    clearTimeout(this.timer);
  }

  at(name) { return this.querySelector(`[data-${name}]`); }

  words(name, values = {}) {
    return Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), this.dataset[name]);
  }

  many(value) { return new Intl.NumberFormat(this.dataset.locale, { maximumFractionDigits: 3 }).format(value); }

  time(at) { return new Intl.DateTimeFormat(this.dataset.locale, { hour: "2-digit", minute: "2-digit" }).format(at); }

  // --- What comes in

  /** A scanner is a keyboard that ends with Enter, and no field of the page has to be in hand. After a second it is another code. */
  key(event) {
    if (isWriting(event) || event.ctrlKey || event.altKey || event.metaKey || this.at("ask").open) return;
    if (event.timeStamp - this.line.at > TYPED_MS) this.line.text = "";
    if (event.key === "Enter" && this.line.text.length >= 3) {
      event.preventDefault();
      const code = this.line.text;
      this.line.text = "";
      this.take(code);
    } else if (event.key.length === 1) this.line.text += event.key;
    this.line.at = event.timeStamp;
  }

  async take(given) {
    const code = given.trim().slice(0, 80);
    if (!code) return;
    const line = this.find(code);
    if (line) { this.count(line, 1, code); return; }
    const isFixed = this.paper.kind !== "count" && this.paper.lines.some((one) => one.wanted);
    if (isFixed) {
      const goods = await this.ask(code);
      if (goods) { this.doubt(code, goods[0]); return; }
    }
    this.readings.add({ code, quantity: 1 });
    this.last = { code, state: "asking" };
    sound(true);
    this.draw();
    this.flush();
  }

  find(code) {
    const key = bare(code), exact = code.trim();
    return this.paper.lines.find((line) => line.codes.some((one) => bare(one) === key) || line.code === exact);
  }

  /** Asks what goods a code is of; null where there is no connection. */
  async ask(code) {
    try {
      const answer = await fetch(`${this.dataset.asked}?code=${encodeURIComponent(code)}`, { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(4000) });
      if (!answer.ok) return null;
      const told = await answer.json();
      return told.goods || [];
    } catch { this.lost(); return null; }
  }

  count(line, quantity, code = "", more = {}) {
    this.readings.add({ variant: line.id, quantity, code, ...more });
    this.began ??= performance.now();
    this.counted.add(line.id);
    this.last = { id: line.id, code, state: "counted" };
    sound(true);
    this.draw();
    this.flush();
  }

  doubt(code, goods) {
    this.last = { code, goods, state: "doubt" };
    sound(false);
    this.draw();
  }

  settle(way) {
    const { code, goods } = this.last;
    if (way === "aside") this.readings.add({ code, quantity: 1, aside: true, variant: goods?.id || "", name: goods?.name || "" });
    if (way === "accept" && goods) {
      this.paper.lines.push({ id: goods.id, name: goods.name, code: goods.code, codes: [code], lot: "", wanted: null, done: 0, damaged: 0, read: false });
      this.count(this.paper.lines.at(-1), 1, code);
      return;
    }
    this.last = way === "aside" ? { code, goods, state: "aside" } : null;
    this.draw();
    this.flush();
  }

  // --- Presses

  press(event) {
    const by = event.target.closest("button");
    if (!by) return;
    const line = this.last?.id && this.paper.lines.find((one) => one.id === this.last.id);
    if ("add" in by.dataset && line) this.count(line, Number(by.dataset.add));
    else if ("typeNumber" in by.dataset && line) this.type("number", (many) => this.count(line, many, "", { total: true }));
    else if ("spoil" in by.dataset && line) this.spoil(line);
    else if ("way" in by.dataset) this.settle(by.dataset.way);
    else if ("scan" in by.dataset) this.look();
    else if ("discard" in by.dataset) { for (const one of this.readings.all()) this.readings.drop(one.operation); this.refused = ""; this.draw(); this.flush(true); }
  }

  /** The piece that was just counted is broken. */
  spoil(line) {
    if (laidOver(this.paper, this.readings.all()).lines.find((one) => one.id === line.id).done > 0) this.readings.add({ variant: line.id, quantity: -1 });
    this.count(line, 1, "", { damaged: true });
  }

  async look() {
    if (this.camera.isOn) { this.camera.stop(); return; }
    if (canSee()) {
      try { await this.camera.start(); return; } catch { this.camera.stop(); }
    }
    this.type("code", (code) => this.take(code));
  }

  type(what, then) {
    const dialog = this.at("ask"), input = dialog.querySelector("input"), label = this.at("ask-label"), why = this.at("ask-why");
    label.textContent = what === "number" ? label.dataset.numberWords : label.dataset.codeWords;
    input.inputMode = what === "number" ? "decimal" : "text";
    input.value = "";
    why.hidden = true;
    dialog.querySelector("form").onsubmit = (event) => {
      if (event.submitter?.value === "no") return;
      const text = input.value.trim(), many = Number(text.replace(/\s/g, "").replace(",", "."));
      const isFit = what !== "number" || (text !== "" && Number.isFinite(many) && many >= 0 && many <= 1e9 && Math.round(many * 1000) === many * 1000);
      if (isFit && text) { then(what === "number" ? many : text); return; }
      event.preventDefault();
      why.textContent = why.dataset.words;
      why.hidden = what !== "number";
    };
    dialog.showModal();
    input.focus();
  }

  // --- Sending

  lost() {
    this.since ??= new Date();
    this.drawWaiting();
  }

  async flush(always = false) {
    clearTimeout(this.timer);
    const batch = this.readings.all().slice(0, AT_ONCE);
    if (this.isSending || (!batch.length && !always && !this.since) || this.refused) return;
    this.isSending = true;
    try {
      const body = JSON.stringify({ readings: batch.map((one) => this.readings.told(one)) });
      const signs = { ...headers(), "Content-Type": "application/json", Accept: "application/json" };
      const answer = await fetch(this.dataset.readings, { method: "POST", body, headers: signs, signal: AbortSignal.timeout(WAIT_MS) });
      await this.answered(answer, batch);
    } catch { this.lost(); }
    this.isSending = false;
    this.draw();
    if (this.since) this.timer = setTimeout(() => this.flush(), AGAIN_MS);
    else if (this.readings.all().length) this.flush();
  }

  async answered(answer, batch) {
    if (answer.status >= 500 || answer.status === 429) { this.lost(); return; }
    const told = await answer.json().catch(() => null);
    if (answer.status === 401 || !told) { this.refused = this.words("signedOut"); return; }
    if (!answer.ok) { this.refuse(told, batch); return; }
    this.since = null;
    for (const one of told.done) this.settled(one, batch.find((other) => other.operation === one.operation));
    this.sent = { many: this.sent.many + told.done.length, at: told.done.length ? new Date() : this.sent.at };
    this.merge(told);
    this.querySelector("input[name=version]").value = told.version;
  }

  /** The answer has the lines that were touched; the others stay as the page knows them. */
  merge(told) {
    const same = (one, other) => one.id === other.id && one.lot === other.lot;
    const known = this.paper.lines, lines = known.map((one) => told.lines.find((other) => same(one, other)) || one);
    this.paper = { ...told, lines: [...lines, ...told.lines.filter((one) => !known.some((other) => same(one, other)))] };
  }

  settled(one, reading) {
    this.readings.drop(one.operation);
    const isMine = reading && this.last?.state === "asking" && this.last.code === reading.code;
    if (isMine && one.variant) this.last = { id: one.variant, code: reading.code, state: "counted" };
    else if (isMine && one.state === "unknown") { this.last = { code: reading.code, state: "unknown" }; sound(false); }
  }

  /** One reading that cannot be is let go of and told; a paper that takes in no more keeps all of them here. */
  refuse(told, batch) {
    const bad = batch.filter((one) => told.fields && one.operation in told.fields);
    for (const one of bad) this.readings.drop(one.operation);
    if (bad.length) { this.said = told.message; sound(false); } else this.refused = told.message || this.words("refused");
  }

  async finish(event) {
    if (!this.readings.all().length) return;
    event.preventDefault();
    await this.flush();
    if (this.readings.all().length) { sound(false); this.drawWaiting(); } else this.at("finish").submit();
  }

  // --- What is seen

  draw() {
    const shown = laidOver(this.paper, this.readings.all());
    this.drawLast(shown);
    this.drawRows(shown);
    this.drawSums(shown);
    this.drawWaiting();
  }

  drawWaiting() {
    const waiting = this.readings.all().length, box = this.at("offline-box");
    box.hidden = !this.since && !this.refused;
    this.at("offline-head").textContent = this.refused || (this.since ? this.words("offline", { at: this.time(this.since) }) : "");
    this.at("offline-text").textContent = this.refused ? "" : this.words("offlineMore");
    this.at("waiting").textContent = this.words("waiting", { n: this.many(waiting) });
    this.at("sent").textContent = this.sent.many ? this.words("sent", { n: this.many(this.sent.many), at: this.time(this.sent.at) }) : "";
    this.at("discard").hidden = !this.refused || !waiting;
    this.dataset.waits = waiting;
    this.drawTicks(waiting);
  }

  drawTicks(waiting) {
    const all = Math.max(this.sent.many + waiting, 1), room = 46, step = 7.8;
    const done = all <= room ? this.sent.many : Math.round((this.sent.many / all) * room);
    const marks = Array.from({ length: Math.min(all, room) }, (_one, place) => {
      const mark = document.createElementNS(SVG, "path");
      mark.setAttribute("class", place < done ? "is-done" : "is-wait");
      mark.setAttribute("d", `M${3 + place * step} ${place < done ? 4 : 2}V14`);
      return mark;
    });
    this.at("ticks").replaceChildren(...(waiting ? marks : []));
  }

  drawLast({ lines }) {
    const last = this.last, box = this.at("last"), line = last?.id && lines.find((one) => one.id === last.id);
    const isBad = last?.state === "doubt" || last?.state === "unknown";
    box.className = `v-scan ${!last ? "v-scan--idle" : isBad ? "v-scan--bad" : "v-scan--ok"}`;
    for (const name of ["number", "acts", "units"]) this.at(name).toggleAttribute("hidden", !line);
    this.at("ways").hidden = last?.state !== "doubt";
    const accept = this.querySelector("[data-way=accept]");
    accept.hidden = !last?.goods;
    this.at("why").hidden = !!last && !this.said;
    if (!last) return;
    const marks = { counted: "counted", doubt: "wrong", unknown: "unknown", aside: "aside", asking: "counted" };
    this.at("mark").textContent = `${isBad ? "×" : "✓"} ${this.words(marks[last.state])}`;
    this.at("code").textContent = last.code || "";
    this.at("name").textContent = line?.name || last.goods?.name || (last.state === "asking" ? this.words(this.since ? "later" : "asking") : this.words("unknown"));
    if (this.said) this.at("why").textContent = this.said;
    this.said = "";
    if (line) this.drawNumber(line);
  }

  drawNumber(line) {
    const isCount = this.paper.kind === "count", has = line.done + line.damaged;
    this.at("done").textContent = this.many(line.done);
    this.at("of-words").textContent = !isCount && line.wanted !== null ? `${this.words("of")} ${this.many(line.wanted)}` : this.words("pieces");
    const hints = [line.code === this.last.code ? "" : line.code, line.damaged ? this.words("damaged", { n: this.many(line.damaged) }) : ""];
    if (isCount && line.wanted !== null) hints.unshift(`${this.words("books")} ${this.many(line.wanted)}`, this.words("laterSales"));
    const hint = this.at("hint");
    hint.replaceChildren(...hints.filter(Boolean).slice(0, 2).flatMap((text, place) => place ? [document.createElement("br"), text] : [text]));
    const isDrawn = !isCount && line.wanted !== null && line.wanted <= 20 && has <= 24;
    this.at("units").toggleAttribute("hidden", !isDrawn);
    if (isDrawn) this.at("units").replaceChildren(...this.units(line, 358, 12, true));
  }

  /** Pieces as marks: solid were counted, the last one is ours, open are to come, amber are too many. */
  units(line, width, height, isWide) {
    const has = line.done + line.damaged, all = Math.max(line.wanted || 0, has);
    const gap = isWide ? 5.6 : 3, size = isWide ? (width - gap * (all - 1)) / Math.max(all, 1) : 7;
    return Array.from({ length: Math.ceil(all) }, (_one, place) => {
      const mark = document.createElementNS(SVG, "rect"), isDone = place < has;
      const isOver = line.wanted !== null && place >= line.wanted, isMine = this.last?.id === line.id && place === Math.ceil(has) - 1;
      mark.setAttribute("class", !isDone ? "is-ahead" : isOver ? "is-heed" : isMine ? "is-mine" : "is-done");
      const thin = isDone ? 0 : 0.5;
      for (const [name, value] of Object.entries({ x: place * (size + gap) + thin, y: thin, width: size - 2 * thin, height: height - 2 * thin, rx: 1 })) mark.setAttribute(name, value);
      return mark;
    });
  }

  drawRows({ lines, odd }) {
    const first = lines.filter((one) => one.id === this.last?.id), rest = lines.filter((one) => one.id !== this.last?.id);
    const order = this.paper.kind === "count" ? [...first, ...rest.filter((one) => one.read), ...rest.filter((one) => !one.read)] : lines;
    const drawn = order.slice(0, MOST_ROWS).map((one) => this.row(one));
    if (order.length > MOST_ROWS) drawn.push(this.entry(this.words("left", { n: this.many(order.length - MOST_ROWS) }), "", "", "", ""));
    this.at("rows").replaceChildren(...odd.map((one) => this.oddRow(one)), ...drawn);
  }

  /** What is to be said of a line, and how it looks. */
  judge(line) {
    const isCount = this.paper.kind === "count", difference = line.done + line.damaged - (line.wanted || 0);
    if (!line.read) return ["", ""];
    if (line.wanted === null) return isCount ? ["", ""] : ["is-over", this.words("stray", { n: this.many(line.done + line.damaged) })];
    if (difference > 0) return ["is-over", this.words("over", { n: this.many(difference) })];
    if (line.damaged) return ["is-over", this.words("damaged", { n: this.many(line.damaged) })];
    if (difference < 0) return isCount ? ["is-over", this.words("recount", { n: this.many(-difference) })] : ["", ""];
    return ["is-done", ""];
  }

  row(line) {
    const [look, said] = this.judge(line), isCount = this.paper.kind === "count";
    const wanted = line.wanted === null ? "" : `${isCount ? this.words("books") : this.words("of")} ${this.many(line.wanted)}`;
    const made = this.entry(line.name, said || line.code + (line.lot ? ` · ${line.lot}` : ""), this.many(line.done + line.damaged), wanted, look);
    if (this.last?.id === line.id) made.classList.add("is-now");
    if (!isCount && line.wanted !== null && line.wanted <= 30 && line.done <= 36) {
      const units = document.createElementNS(SVG, "svg"), width = Math.max(Math.ceil(Math.max(line.wanted, line.done + line.damaged)) * 10, 10);
      for (const [name, value] of Object.entries({ class: "v-units", viewBox: `0 0 ${width} 8`, width, height: 8, "aria-hidden": "true" })) units.setAttribute(name, value);
      units.append(...this.units(line, width, 8, false));
      made.append(units);
    }
    made.dataset.variant = line.id;
    return made;
  }

  oddRow(one) {
    const said = one.aside ? this.words("aside") : one.waits ? this.words(this.since ? "later" : "asking") : this.words("nothing");
    const code = one.name ? "" : `${one.code} — `;
    return this.entry(one.name || this.words("unknown"), code + said, this.many(one.quantity), "", one.aside ? "is-over" : "is-bad");
  }

  entry(name, more, many, of, look) {
    const row = document.createElement("li"), box = document.createElement("div"), number = document.createElement("p");
    row.className = `v-count-row ${look}`;
    for (const [tag, text, to] of [["b", name, box], ["span", more, box], ["b", many, number]]) {
      const part = document.createElement(tag);
      part.textContent = text;
      to.append(part);
    }
    number.append(of ? ` ${of}` : "");
    row.append(box, number);
    return row;
  }

  drawSums({ lines, odd }) {
    const isCount = this.paper.kind === "count", read = lines.filter((one) => one.read), left = lines.length - read.length;
    const wanted = lines.reduce((sum, one) => sum + (one.wanted || 0), 0), done = lines.reduce((sum, one) => sum + one.done + one.damaged, 0);
    const bold = document.createElement("b");
    bold.textContent = this.many(isCount ? read.length : done);
    const total = isCount ? `${this.words("of")} ${this.many(lines.length)} ${this.words("goods")}` : wanted ? `${this.words("of")} ${this.many(wanted)} ${this.words("pieces")}` : this.words("pieces");
    this.at("sum").replaceChildren(bold, ` ${total}`);
    const differing = lines.filter((one) => one.read && one.wanted !== null && one.done !== one.wanted).length + odd.length;
    const pace = this.began && this.counted.size > 2 ? (performance.now() - this.began) / this.counted.size : 0;
    const minutes = Math.ceil((pace * left) / 60000);
    this.at("differ").textContent = isCount && left && pace ? this.words("minutes", { n: this.many(minutes) }) : differing ? this.words("differences", { n: this.many(differing) }) : done ? this.words("none") : "";
    this.drawFinish(lines, left, isCount);
  }

  drawFinish(lines, left, isCount) {
    const lack = lines.reduce((sum, one) => sum + Math.max(0, (one.wanted || 0) - one.done - one.damaged), 0);
    const over = lines.reduce((sum, one) => sum + Math.max(0, one.wanted === null ? 0 : one.done + one.damaged - one.wanted), 0);
    const parts = isCount ? (left ? [this.words("left", { n: this.many(left) })] : []) : [lack ? this.words("missing", { n: this.many(lack) }) : "", over ? this.words("over", { n: this.many(over) }) : ""];
    for (const small of this.querySelectorAll("[data-finish-small]")) small.textContent = parts.filter(Boolean).join(", ") || this.words("none");
    const may = this.paper.may_finish;
    this.at("finish").hidden = !may;
    this.at("ready").hidden = may;
  }
}

customElements.define("v-scan", Scan);
