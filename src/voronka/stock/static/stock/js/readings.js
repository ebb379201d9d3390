// Readings of a paper wait in this browser until the server has answered for each: every one under a key of its own, so
// that two open pages never write over one another. Sent again, a reading is known by its operation and counts once.

const PREFIX = "v-scan:";

export class Readings {
  constructor(paper) {
    this.prefix = `${PREFIX}${document.body.dataset.user}:${paper}:`;
    this.page = crypto.randomUUID();
    this.last = 0;
    this.kept = new Map();
    for (const key of Object.keys(localStorage)) if (key.startsWith(this.prefix)) this.read(key);
  }

  read(key) {
    try {
      const one = JSON.parse(localStorage.getItem(key));
      if (one?.operation) this.kept.set(one.operation, one);
    } catch { localStorage.removeItem(key); }
  }

  /** The waiting readings in the order they were made. */
  all() { return [...this.kept.values()].sort((one, other) => one.order - other.order); }

  /** Keeps a reading. It is on the page even where the browser has no room to keep it. */
  add(values) {
    this.last = Math.max(this.last + 1, Date.now() * 100);
    const one = { operation: crypto.randomUUID(), order: this.last, at: Date.now(), page: this.page, tick: performance.now(), ...values };
    this.kept.set(one.operation, one);
    try { localStorage.setItem(this.prefix + one.operation, JSON.stringify(one)); } catch { /* it lives as long as the page */ }
    return one;
  }

  drop(operation) {
    this.kept.delete(operation);
    localStorage.removeItem(this.prefix + operation);
  }

  /** How long ago by the stopwatch of this page; by the clock only for what an earlier page has read. */
  ago(one) {
    const past = one.page === this.page ? performance.now() - one.tick : Date.now() - one.at;
    return Math.min(Math.max(0, Math.round(past / 1000)), 30 * 86400);
  }

  /** What is sent of a reading. */
  told(one) {
    const { operation, quantity, code = "", variant = "", damaged = false, total = false, aside = false } = one;
    return { operation, quantity: String(quantity), code, variant, damaged, total, aside, ago: this.ago(one) };
  }
}

/** The lines of a paper with what waits laid over them, so that the page shows at once what was read. */
export const laidOver = (state, waiting) => {
  const lines = state.lines.map((line) => ({ ...line })), odd = state.odd.map((one) => ({ ...one }));
  for (const one of waiting) {
    const line = one.aside ? null : lines.find((line) => line.id === one.variant && !line.lot) || lines.find((line) => one.variant && line.id === one.variant);
    const field = one.damaged ? "damaged" : "done";
    if (line) {
      line[field] = Math.max(0, one.total ? one.quantity : line[field] + one.quantity);
      line.read = true;
    } else {
      const same = odd.find((other) => other.waits && other.code === one.code && other.aside === !!one.aside);
      if (same) same.quantity += one.quantity;
      else odd.push({ code: one.code || "", name: one.name || "", quantity: one.quantity, aside: !!one.aside, waits: true });
    }
  }
  return { lines, odd: odd.filter((one) => one.quantity) };
};
