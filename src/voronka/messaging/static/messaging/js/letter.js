// <v-letter>: a press on a field puts it into the text or the subject, where the caret was.

class Letter extends HTMLElement {
  connectedCallback() {
    this.at = this.querySelector("[name=body]");
    this.addEventListener("focusin", (event) => { if (event.target.matches("[name=body], [name=subject]")) this.at = event.target; });
    this.addEventListener("click", (event) => {
      const field = event.target.closest("[data-insert]");
      if (!field) return;
      this.at.focus();
      this.at.setRangeText(field.dataset.insert, this.at.selectionStart, this.at.selectionEnd, "end");
      this.at.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

customElements.define("v-letter", Letter);
