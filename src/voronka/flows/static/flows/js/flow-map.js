// The drawn map of an automation: moved by dragging its ground, sized by buttons and by the wheel with Ctrl; arrows go
// from step to step, Delete removes the open one, a step dragged to a plus moves there. Links and forms do all of it too.
const STEP = 1.25;
const MOST = 4;
const FAR = 6;

class FlowMap extends HTMLElement {
  connectedCallback() {
    this.svg = this.querySelector(":scope > svg");
    const [x, y, width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.whole = { x, y, width, height };
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.addEventListener("click", (event) => this.#clicked(event), { signal, capture: true });
    this.addEventListener("keydown", (event) => this.#keyed(event), { signal });
    this.svg.addEventListener("wheel", (event) => this.#wheeled(event), { signal, passive: false });
    this.svg.addEventListener("pointerdown", (event) => this.#taken(event), { signal });
    this.svg.addEventListener("dragstart", (event) => event.preventDefault(), { signal });
    window.addEventListener("pointermove", (event) => this.#moved(event), { signal });
    window.addEventListener("pointerup", (event) => this.#dropped(event), { signal });
    this.#begin();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  // A large map begins at its head in a size that can be read, with the open step in sight.
  #begin() {
    const box = this.svg.getBoundingClientRect();
    if (!box.width) return;
    const { width, height } = this.whole;
    const hasPhases = this.matches(".is-live");
    const scale = Math.min(1, Math.max(box.width / width, hasPhases ? 0.66 : 0.6));
    this.view = { x: 0, y: hasPhases ? this.whole.y - 44 / scale : 0, width: box.width / scale, height: box.height / scale };
    if (!hasPhases || width < this.view.width) this.view.x = (width - this.view.width) / 2;
    const open = this.querySelector(".v-auto-node.is-open")?.closest("foreignObject");
    if (open) {
      const [x, y] = ["x", "y"].map((name) => Number(open.getAttribute(name)));
      if (y + 100 > this.view.y + this.view.height) this.view.y = Math.min(y - 80, height - this.view.height);
      if (x < this.view.x || x + 240 > this.view.x + this.view.width) this.view.x = x - this.view.width / 2 + 120;
    }
    this.#show();
  }

  #show() {
    const { x, y, width, height } = this.view;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  }

  #zoom(by, at = { x: 0.5, y: 0.5 }) {
    const { x, y, width, height } = this.view;
    const least = 200;
    const most = Math.max(this.whole.width, this.whole.height, width) * MOST;
    const next = Math.min(Math.max(width / by, least), most);
    const scale = next / width;
    this.view = {
      x: x + width * (1 - scale) * at.x,
      y: y + height * (1 - scale) * at.y,
      width: next,
      height: height * scale,
    };
    this.#show();
  }

  #clicked(event) {
    if (this.wasDragged) {
      event.preventDefault();
      event.stopPropagation();
      this.wasDragged = false;
      return;
    }
    const how = event.target.closest("[data-zoom]")?.dataset.zoom;
    if (how === "in") this.#zoom(STEP);
    if (how === "out") this.#zoom(1 / STEP);
    if (how === "all") {
      this.view = { ...this.whole };
      this.#show();
    }
  }

  #wheeled(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = this.svg.getBoundingClientRect();
    const at = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    this.#zoom(event.deltaY < 0 ? STEP : 1 / STEP, at);
  }

  #taken(event) {
    if (event.button !== 0 || event.target.closest(".v-auto-plus")) return;
    const node = event.target.closest("[data-node]");
    this.held = { x: event.clientX, y: event.clientY, node, view: { ...this.view }, far: false };
  }

  #moved(event) {
    if (!this.held) return;
    const [x, y] = [event.clientX - this.held.x, event.clientY - this.held.y];
    if (!this.held.far && Math.hypot(x, y) < FAR) return;
    this.held.far = true;
    if (this.held.node && "edit" in this.dataset && this.held.node.dataset.node !== "start") {
      this.#target(this.#plusAt(event));
      return;
    }
    this.classList.add("is-panning");
    const scale = this.view.width / this.svg.getBoundingClientRect().width;
    this.view.x = this.held.view.x - x * scale;
    this.view.y = this.held.view.y - y * scale;
    this.#show();
  }

  #plusAt(event) {
    const near = [...this.querySelectorAll(".v-auto-plus")].map((plus) => {
      const box = plus.getBoundingClientRect();
      const away = Math.hypot(event.clientX - (box.x + box.width / 2), event.clientY - (box.y + box.height / 2));
      return [away, plus];
    });
    near.sort((one, other) => one[0] - other[0]);
    return near.length && near[0][0] < 48 ? near[0][1] : null;
  }

  #target(plus) {
    for (const one of this.querySelectorAll(".v-auto-plus.is-target")) one.classList.remove("is-target");
    plus?.classList.add("is-target");
  }

  #dropped(event) {
    const held = this.held;
    this.held = null;
    this.classList.remove("is-panning");
    if (!held?.far) return;
    this.wasDragged = true;
    window.setTimeout(() => {
      this.wasDragged = false;
    });
    const plus = held.node && "edit" in this.dataset ? this.#plusAt(event) : null;
    this.#target(null);
    if (plus && held.node.dataset.node !== "start") this.#send(held.node.dataset.node, plus.dataset.place);
  }

  #send(node, place) {
    const form = document.querySelector("form[data-drag]");
    form.elements.node.value = node;
    form.elements.place.value = place;
    form.requestSubmit();
  }

  #keyed(event) {
    const here = event.target.closest("[data-node], .v-auto-plus");
    if (!here) return;
    if (event.key === "Delete" && here.getAttribute("aria-current")) {
      document.querySelector("form[data-remove] button")?.click();
      return;
    }
    const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!way) return;
    event.preventDefault();
    const middle = (one) => {
      const box = one.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    };
    const [x, y] = middle(here);
    let best = null;
    for (const one of this.querySelectorAll("[data-node], .v-auto-plus")) {
      const [left, top] = middle(one);
      const along = (left - x) * way[0] + (top - y) * way[1];
      const aside = Math.abs((left - x) * way[1]) + Math.abs((top - y) * way[0]);
      if (along > 4 && (!best || along + 2 * aside < best[0])) best = [along + 2 * aside, one];
    }
    best?.[1].focus();
  }
}

customElements.define("v-flow-map", FlowMap);
