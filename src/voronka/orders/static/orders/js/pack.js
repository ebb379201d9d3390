// <v-pack>: readings of a scanner that types, of the camera, of a hand. Each reading has a number of its own and waits
// in the browser until the server has taken it, so that a lost connection loses nothing and nothing counts twice.
import { headers } from "../../kit/js/net.js";

class Pack extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.code = this.querySelector("input[name=code]");
    this.code.inputMode = matchMedia("(pointer: coarse)").matches ? "none" : "text";
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.read(this.code.value); });
    this.onOnline = () => this.send();
    addEventListener("online", this.onOnline);
    this.timer = setInterval(() => this.send(), 5000);
    this.camera();
    this.tell();
    this.send();
    this.code.focus({ preventScroll: true });
  }

  disconnectedCallback() {
    removeEventListener("online", this.onOnline);
    clearInterval(this.timer);
    this.stop();
  }

  get store() { return `v-pack:${document.body.dataset.user}:${this.dataset.key}`; }
  get queue() { try { return JSON.parse(localStorage.getItem(this.store) || "[]"); } catch { return []; } }
  set queue(rows) { if (rows.length) localStorage.setItem(this.store, JSON.stringify(rows)); else localStorage.removeItem(this.store); }

  read(text) {
    const code = text.trim();
    this.code.value = "";
    this.code.focus({ preventScroll: true });
    if (!code) return;
    this.queue = [...this.queue, { code, operation: crypto.randomUUID() }];
    this.tell();
    this.send();
  }

  async send() {
    if (this.sending || !this.queue.length) return;
    this.sending = true;
    try {
      while (this.queue.length) {
        const [first] = this.queue, body = new FormData();
        body.set("code", first.code);
        body.set("operation", first.operation);
        const answer = await fetch(this.dataset.url, { method: "POST", body, headers: { ...headers(), "HX-Request": "true" } });
        if (answer.status >= 500 || answer.status === 401 || answer.status === 429) break;
        this.queue = this.queue.filter((one) => one.operation !== first.operation);
        const html = await answer.text();
        if (answer.ok) this.show(html);
        else document.getElementById("v-toasts").insertAdjacentHTML("beforeend", html);
      }
    } catch { /* no connection: the readings wait */ }
    this.sending = false;
    this.tell();
  }

  show(html) {
    const body = this.querySelector("[data-body]"), typed = body.querySelector("[name=tracking]")?.value || "";
    body.innerHTML = html;
    const tracking = body.querySelector("[name=tracking]");
    if (tracking) tracking.value = typed;
    globalThis.htmx?.process(body);
    navigator.vibrate?.(body.querySelector(".v-scan--bad") ? [80, 60, 80] : 30);
  }

  tell() {
    const waits = this.querySelector(".v-pack-waits"), count = this.queue.length;
    waits.hidden = count === 0 || this.sending;
    waits.textContent = this.dataset.waits.replace("{n}", count);
  }

  camera() {
    const button = this.querySelector(".v-pack-camera");
    if (!("BarcodeDetector" in globalThis) || !navigator.mediaDevices?.getUserMedia) return;
    button.hidden = false;
    button.addEventListener("click", () => (this.stream ? this.stop() : this.look()));
  }

  async look() {
    const video = this.querySelector("video");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    } catch { return; }
    video.srcObject = this.stream;
    video.hidden = false;
    await video.play();
    this.querySelector(".v-pack-camera span").textContent = this.dataset.stop;
    const detector = new globalThis.BarcodeDetector();
    let last = "", seen = 0;
    while (this.stream) {
      const [found] = await detector.detect(video).catch(() => []);
      const now = performance.now();
      if (found && (found.rawValue !== last || now - seen > 1500)) { last = found.rawValue; seen = now; this.read(last); }
      await new Promise((done) => { setTimeout(done, 150); });
    }
  }

  stop() {
    for (const track of this.stream?.getTracks() || []) track.stop();
    this.stream = null;
    const video = this.querySelector("video");
    if (video) video.hidden = true;
    const words = this.querySelector(".v-pack-camera span");
    if (words) words.textContent = this.dataset.camera;
  }
}

customElements.define("v-pack", Pack);
