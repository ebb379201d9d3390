// <v-back><a href>…: a way back that keeps what was typed: the page before, when it was ours.

class Back extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (history.length < 2 || !document.referrer.startsWith(location.origin) || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      history.back();
    });
  }
}

customElements.define("v-back", Back);
