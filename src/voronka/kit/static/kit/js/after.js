// <v-after data-url>: after a press the page goes on to the next client; with data-waiting (nobody was left) it looks
// again when the queue changes. The whole page is exchanged in place, so the way feels like one screen.
const go = (url) => htmx.ajax("GET", url, { target: "#page", select: "#page", swap: "outerHTML" });

class After extends HTMLElement {
  connectedCallback() {
    this.onPress = (event) => go(`${this.dataset.url}?after=${event.detail.press}`);
    this.onQueue = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => go(this.dataset.url), 400);
    };
    document.addEventListener("voronka:pressed", this.onPress);
    if (this.hasAttribute("data-waiting")) document.addEventListener("live:queue", this.onQueue);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("voronka:pressed", this.onPress);
    document.removeEventListener("live:queue", this.onQueue);
  }
}

customElements.define("v-after", After);
