// <v-drop>: a file dropped anywhere on the form is chosen and sent. Columns: a new field shows its name and kind.
// When the work has ended, the page shows its next step.

class Drop extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector("input[type=file]");
    this.name = this.querySelector("[data-name]");
    this.onChange = () => {
      this.name.textContent = this.input.files[0]?.name || this.name.dataset.none;
      this.name.classList.toggle("is-set", this.input.files.length > 0);
    };
    this.input.addEventListener("change", this.onChange);
    this.onChange(); // a browser that comes back to the page keeps the file
    this.onOver = (event) => { event.preventDefault(); this.toggleAttribute("data-over", true); };
    this.onLeave = () => this.removeAttribute("data-over");
    this.onDrop = (event) => {
      event.preventDefault();
      this.onLeave();
      if (!event.dataTransfer.files.length) return;
      this.input.files = event.dataTransfer.files;
      this.onChange();
      this.form.requestSubmit();
    };
    document.addEventListener("dragover", this.onOver);
    document.addEventListener("dragleave", this.onLeave);
    document.addEventListener("drop", this.onDrop);
  }

  disconnectedCallback() {
    document.removeEventListener("dragover", this.onOver);
    document.removeEventListener("dragleave", this.onLeave);
    document.removeEventListener("drop", this.onDrop);
  }
}

if (!customElements.get("v-drop")) {
  customElements.define("v-drop", Drop);
  document.addEventListener("change", (event) => {
    const column = event.target.dataset?.column;
    if (column === undefined) return;
    const extra = document.querySelector(`[data-new="${column}"]`);
    if (extra) extra.hidden = event.target.value !== "new";
  });
  document.addEventListener("v-progress:ended", (event) => { if (event.detail.state === "ended") location.reload(); });
}
