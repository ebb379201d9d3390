// <v-clock data-now data-zone data-my-zone data-from data-to [data-still]>: both clocks, ticking from the server's time.
// The server draws it whole; here only what moves is moved: digits, needle, sky, time left.

const formats = new Map();
/** Hours and minutes of a moment in a zone, 24-hour. */
export const clockText = (moment, zone) => {
  if (!formats.has(zone)) {
    formats.set(zone, new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }));
  }
  return formats.get(zone).format(moment);
};

const icons = { day: "sun", dusk: "sunset-2", night: "moon-stars" };

class Clock extends HTMLElement {
  connectedCallback() {
    if ("still" in this.dataset || !this.dataset.now) return;
    this.ahead = Date.parse(this.dataset.now) - Date.now();
    this.tick();
    this.onShow = () => { if (!document.hidden) this.tick(); };
    document.addEventListener("visibilitychange", this.onShow);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.onShow);
  }

  tick() {
    clearTimeout(this.timer);
    const now = new Date(Date.now() + this.ahead);
    this.draw(now);
    this.timer = setTimeout(() => this.tick(), 60000 - (now.getTime() % 60000) + 20);
  }

  draw(now) {
    const { zone, myZone } = this.dataset;
    const theirs = clockText(now, zone);
    for (const node of this.querySelectorAll("[data-theirs]")) node.textContent = theirs;
    for (const node of this.querySelectorAll("[data-mine]")) node.textContent = clockText(now, myZone);
    const [hours, minutes] = theirs.split(":").map(Number), hour = hours + minutes / 60;
    for (const needle of this.querySelectorAll("[data-needle]")) needle.setAttribute("transform", `translate(${(hour * 11).toFixed(1)} 0)`);
    if (this.dataset.from) this.drawSky(hour, Number(this.dataset.from), Number(this.dataset.to));
  }

  drawSky(hour, from, to) {
    const sky = hour < from || hour >= to ? "night" : hour >= to - 1 ? "dusk" : "day";
    const was = Object.keys(icons).find((name) => this.classList.contains(`v-clock--${name}`));
    this.drawLeft(sky === "night" ? 0 : Math.round((to - hour) * 60));
    if (was === sky) return;
    this.classList.replace(`v-clock--${was}`, `v-clock--${sky}`);
    const use = this.querySelector(".v-clock-place use");
    if (use) use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#i-${icons[sky]}`));
    const until = this.querySelector("[data-until]");
    const limit = (value) => `${Math.floor(value)}:${String(Math.round((value % 1) * 60)).padStart(2, "0")}`;
    if (until) until.textContent = sky === "night" ? `${this.dataset.shut} ${limit(from)}` : `${this.dataset.open} ${limit(to)}`;
    this.dispatchEvent(new CustomEvent("v-clock:sky", { bubbles: true, detail: { sky, was } }));
  }

  drawLeft(minutes) {
    const node = this.querySelector("[data-rest]");
    if (!node) return;
    const [h, m] = (this.dataset.units || "h,min").split(",");
    const parts = [];
    if (minutes >= 60) parts.push(`${Math.floor(minutes / 60)}\u00a0${h}`);
    if (minutes % 60) parts.push(`${minutes % 60}\u00a0${m}`);
    const span = parts.join(" "), word = this.dataset.left || "";
    node.textContent = !span ? "" : document.documentElement.lang.startsWith("ru") ? `${word} ${span}` : `${span} ${word}`;
  }
}

customElements.define("v-clock", Clock);
