// <v-sms>: a press on a replacement puts the replaced text into its field; the server counts it anew.

class Sms extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const better = event.target.closest("[data-text]");
      if (!better) return;
      const field = this.querySelector("[name=text]");
      field.value = better.dataset.text;
      field.focus();
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

customElements.define("v-sms", Sms);
