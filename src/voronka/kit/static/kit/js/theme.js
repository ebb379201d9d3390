// <v-theme><form><button name="theme" value="light|dark|auto">…: the colours change at once, the server keeps the choice.
import { headers } from "./net.js";

class Theme extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      const button = event.target.closest("button[name=theme]");
      if (!button) return;
      event.preventDefault();
      const root = document.documentElement;
      root.dataset.theme = button.value;
      const dark = button.value === "dark" || (button.value === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
      root.dataset.bsTheme = dark ? "dark" : "light";
      for (const one of this.querySelectorAll("button[name=theme]")) one.setAttribute("aria-pressed", String(one === button));
      const form = button.form, body = new FormData(form);
      body.set("theme", button.value);
      fetch(form.action, { method: "POST", body, headers: headers(), redirect: "manual" }).catch(() => {});
    });
  }
}

customElements.define("v-theme", Theme);
