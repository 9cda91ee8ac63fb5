// One phrase in two languages, and the voice for it. Runs inside gr.HTML components of the phrases page.
(() => {
  const paragraph = (kind, text, language) => {
    const made = document.createElement("p");
    made.className = kind;
    made.textContent = text || "";
    if (language) made.lang = language;
    return made;
  };

  class Phrase {
    constructor(root) {
      this.card = document.createElement("div");
      this.card.className = "card";
      this.card.tabIndex = -1;
      this.card.setAttribute("role", "status");
      this.dialog = document.createElement("dialog");
      this.dialog.className = "large";
      root.replaceChildren(this.card, this.dialog);
    }

    // value: {id, source, said, target, told, reading, origin, hint, close}; told is empty until all is chosen.
    open(value) {
      const another = !this.value || this.value.id !== value.id;
      this.value = value;
      this.card.classList.toggle("open", !value.told);
      this.card.replaceChildren(...(value.told
        ? [paragraph("told", value.told, value.target), paragraph("reading", value.reading),
          paragraph("said", value.said, value.source), paragraph("origin", value.origin)]
        : [paragraph("said", value.said, value.source), paragraph("hint", value.hint)]));
      if (another) requestAnimationFrame(() => this.card.focus({ preventScroll: true }));
      if (value.told) this.say(1);
    }

    close() {
      this.value = null;
      this.card.replaceChildren();
      if (this.dialog.open) this.dialog.close();
    }

    say(rate) {
      if (this.value && this.value.told) window.Interpreter.say(this.value.told, this.value.target, rate);
    }

    large() {
      if (!this.value || !this.value.told) return;
      const close = document.createElement("button");
      close.type = "button";
      close.className = "plain-button";
      close.textContent = this.value.close;
      close.addEventListener("click", () => this.dialog.close());
      this.dialog.replaceChildren(paragraph("told", this.value.told, this.value.target), close);
      this.dialog.showModal();
    }
  }

  window.Interpreter.Phrase = Phrase;
})();
