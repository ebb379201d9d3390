// <v-toast data-seconds [data-left] [data-still]>: what happened, with Undo while the ring runs. Pauses under the pointer
// or focus only after the ring has ended: the ring itself is the server's ten seconds and cannot be stopped.

const ROUND = 2 * Math.PI * 12, LINGER = 4000;

class Toast extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => { if (event.target.closest("[data-shut]")) this.remove(); });
    if ("still" in this.dataset) return;
    this.onUndone = () => { if (this.querySelector(".v-toast-undo")) this.remove(); };
    document.addEventListener("voronka:undone", this.onUndone);
    this.whole = Number(this.dataset.seconds || 10) * 1000;
    this.ends = Date.now() + Number(this.dataset.left || this.dataset.seconds || 10) * 1000;
    this.ring = this.querySelector(".is-left");
    this.count = this.querySelector("[data-count]");
    // Only the newest may be undone by its key.
    const place = this.parentElement;
    if (place && this.querySelector(".v-toast-undo")) {
      for (const old of place.querySelectorAll("v-toast")) if (old !== this && !("still" in old.dataset)) old.remove();
    }
    this.tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("voronka:undone", this.onUndone);
  }

  tick() {
    const left = this.ends - Date.now();
    if (left > 0) {
      this.ring?.setAttribute("stroke-dasharray", `${((left / this.whole) * ROUND).toFixed(1)} ${ROUND.toFixed(1)}`);
      if (this.count) this.count.textContent = Math.ceil(left / 1000);
      this.timer = setTimeout(() => this.tick(), 250);
      return;
    }
    this.querySelector("form")?.remove();
    this.querySelector(".v-toast-left")?.remove();
    this.leave();
  }

  leave() {
    this.timer = setTimeout(() => (this.matches(":hover, :focus-within") ? this.leave() : this.remove()), this.ring ? LINGER : 0);
  }
}

customElements.define("v-toast", Toast);
