// <v-step-form>: the form of an open step; a setting is shown while another has a value beside which it matters.
class StepForm extends HTMLElement {
  connectedCallback() {
    this.stop = new AbortController();
    this.addEventListener("change", () => this.#matter(), { signal: this.stop.signal });
    this.#matter();
  }

  disconnectedCallback() {
    this.stop.abort();
  }

  #matter() {
    for (const row of this.querySelectorAll("[data-when]")) {
      const other = row.closest("form")?.elements[row.dataset.when];
      if (other) row.hidden = !row.dataset.values.split(" ").includes(other.value);
    }
  }
}

customElements.define("v-step-form", StepForm);
