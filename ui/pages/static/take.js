// The dialog with the picture that a phone scans.
(() => {
  const { element } = window.Interpreter;

  class Take {
    constructor(root) {
      this.dialog = element("dialog", { class: "take-dialog" });
      root.replaceChildren(this.dialog);
    }

    // settings: {picture, path, words}; without a picture no phone can reach this machine.
    open({ picture, path, words }) {
      const title = words["take-it-with-you"];
      this.dialog.setAttribute("aria-label", title);
      this.dialog.dataset.path = path;
      this.dialog.replaceChildren(element("h2", {}, title),
        ...(picture ? [element("img", { src: picture, alt: words["take-hint"] })] : []),
        element("p", { class: picture ? "" : "trouble" }, words[picture ? "take-hint" : "phones-cannot-reach"]),
        element("button", { type: "button", onclick: () => this.dialog.close() }, words.close));
      if (!this.dialog.open) this.dialog.showModal();
    }

    close() {
      if (this.dialog.open) this.dialog.close();
      this.dialog.replaceChildren();
    }
  }

  window.Interpreter.Take = Take;
})();
