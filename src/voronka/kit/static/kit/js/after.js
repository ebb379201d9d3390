// <v-after data-url>: after a press the page goes on to the next client; with data-waiting (nobody was left) it looks
// again when the queue changes. The whole page is exchanged in place, so the way feels like one screen.
// data-card: where an answer says that the card has grown old, it is shown anew, with the words why beside it.
import { STALE } from "./net.js";

const go = (url) => htmx.ajax("GET", url, { target: "#page", select: "#page", swap: "outerHTML" });

class After extends HTMLElement {
  connectedCallback() {
    this.onPress = (event) => go(`${this.dataset.url}?after=${event.detail.press}`);
    this.onQueue = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => go(this.dataset.url), 400);
    };
    this.onAnswer = async (event) => {
      if (!this.dataset.card || !STALE.has(event.detail.xhr.getResponseHeader("X-Refusal"))) return;
      const said = [...document.querySelectorAll("#v-toasts > *")];
      await go(this.dataset.card);
      document.getElementById("v-toasts")?.append(...said);
    };
    document.addEventListener("voronka:pressed", this.onPress);
    document.addEventListener("htmx:afterRequest", this.onAnswer);
    if (this.hasAttribute("data-waiting")) document.addEventListener("live:queue", this.onQueue);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    document.removeEventListener("voronka:pressed", this.onPress);
    document.removeEventListener("htmx:afterRequest", this.onAnswer);
    document.removeEventListener("live:queue", this.onQueue);
  }
}

customElements.define("v-after", After);
