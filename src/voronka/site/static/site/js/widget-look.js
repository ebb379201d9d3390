// v-widget-look: shows a widget beside its form as it is typed, by the very module that sites get.

class WidgetLook extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.show = this.form.querySelector("[name=look]");
    this.frame = this.querySelector(".v-widget-frame");
    this.addEventListener("input", (event) => {
      if (event.target.name === "v-width") {
        this.frame.classList.toggle("is-phone", event.target.value === "phone");
        this.look();
      } else if (event.target.name?.startsWith("c-")) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.look(), 500);
      }
    });
    this.addEventListener("arranged", () => this.look());
    this.look();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  look() {
    this.form.requestSubmit(this.show);
  }
}

customElements.define("v-widget-look", WidgetLook);
