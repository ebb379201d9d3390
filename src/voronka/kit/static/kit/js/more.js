// <v-more><nav>sections</nav><button popovertarget>: the bar shows what fits; the menu of the button has the rest.
// Nothing moves: the button's place is kept, what does not fit is in a row of its own that is not seen.

class More extends HTMLElement {
  connectedCallback() {
    this.bar = this.querySelector("nav");
    this.button = this.querySelector("button");
    this.menu = this.button && document.getElementById(this.button.getAttribute("popovertarget"));
    if (!this.bar || !this.menu) return;
    this.onOpen = (event) => { if (event.newState === "open") this.open(); };
    this.onKey = (event) => this.walk(event);
    this.menu.addEventListener("beforetoggle", this.onOpen);
    this.menu.addEventListener("keydown", this.onKey);
    this.seen = new ResizeObserver(() => this.measure());
    this.seen.observe(this.bar);
    for (const link of this.bar.children) this.seen.observe(link);
    this.measure();
  }

  disconnectedCallback() {
    this.seen?.disconnect();
    this.menu?.removeEventListener("beforetoggle", this.onOpen);
    this.menu?.removeEventListener("keydown", this.onKey);
  }

  measure() {
    const links = [...this.bar.children], rows = [...this.menu.querySelectorAll("a")];
    const top = links[0]?.offsetTop ?? 0;
    let here = false, told = false, over = false;
    links.forEach((link, at) => {
      const out = link.offsetTop > top;
      link.classList.toggle("is-out", out);
      if (rows[at]) rows[at].hidden = !out;
      over ||= out;
      here ||= out && link.hasAttribute("aria-current");
      told ||= out && link.querySelector("b") !== null;
    });
    this.toggleAttribute("data-over", over);
    this.button.classList.toggle("is-here", here);
    this.button.querySelector("i").hidden = !told;
    if (!over && this.menu.matches(":popover-open")) this.menu.hidePopover();
  }

  open() {
    const box = this.button.getBoundingClientRect();
    this.menu.style.setProperty("--v-more-x", `${Math.max(8, Math.min(box.left, innerWidth - 240))}px`);
    requestAnimationFrame(() => this.menu.querySelector("a:not([hidden])")?.focus());
  }

  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const rows = [...this.menu.querySelectorAll("a:not([hidden])")];
    rows[(rows.indexOf(document.activeElement) + step + rows.length) % rows.length]?.focus();
  }
}

customElements.define("v-more", More);
