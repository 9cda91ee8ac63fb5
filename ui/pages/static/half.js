// One half of the talk page: captions, a button to speak, a field to type, and phrases to choose from.
(() => {
  const { element, fill } = window.Interpreter;

  class Half {
    constructor(talk, side) {
      this.talk = talk;
      this.captions = element("ol", { class: "captions", "aria-live": "polite", tabindex: 0 });
      this.partial = element("p", { class: "partial", "aria-hidden": "true" });
      this.state = element("p", { class: "state", role: "status" });
      this.button = element("button", { class: "microphone", type: "button" });
      this.choices = element("div", { class: "choices", role: "group", hidden: true });
      this.field = element("input", { type: "text", maxlength: 300, autocomplete: "off", enterkeyhint: "send" });
      this.sendButton = element("button", { type: "submit" });
      this.form = element("form", { class: "type" }, this.field, this.sendButton);
      this.root = element("section", { class: `half ${side}` }, this.captions, this.partial, this.state,
        element("div", { class: "controls" }, this.button, this.form), this.choices);
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        const text = this.field.value.trim();
        if (text) talk.tell(text, this.language);
        this.field.value = "";
      });
      this.button.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.button.setPointerCapture(event.pointerId);
        this.pressed = performance.now();
        talk.touch(this);
      });
      // Held: letting go ends it. Tapped: it stays open until the next tap.
      this.button.addEventListener("pointerup", () => {
        if (talk.holder === this && !talk.handsFree && performance.now() - this.pressed > 400) talk.letGo();
      });
      this.button.addEventListener("contextmenu", (event) => event.preventDefault());
      this.button.addEventListener("keydown", (event) => {
        if ((event.key === " " || event.key === "Enter") && !event.repeat) {
          event.preventDefault();
          talk.touch(this);
        }
      });
    }

    speak(language, words) {
      this.language = language;
      this.words = words;
      this.root.lang = language;
      this.captions.setAttribute("aria-label", words.talk);
      this.choices.setAttribute("aria-label", words["did-you-mean"]);
      this.field.placeholder = words["type-here"];
      this.field.setAttribute("aria-label", words["type-here"]);
      this.sendButton.textContent = words.send;
      this.show(this.talk.state);
    }

    show(state) {
      // Without a button both are listened to; with one, the half that holds it.
      const listens = this.talk.handsFree ? Boolean(this.talk.holder) : this.talk.holder === this;
      const start = this.talk.handsFree ? "tap-to-start" : "hold-to-speak";
      this.button.textContent = this.words[listens ? (this.talk.handsFree ? "tap-to-stop" : "let-go") : start];
      this.button.setAttribute("aria-pressed", String(listens));
      this.root.dataset.state = state;
      this.state.textContent = this.words[state] || this.words.ready;
    }

    problem(key, slots = {}) {
      this.state.textContent = fill(this.words[key] || key, slots);
      this.root.dataset.state = "problem";
    }

    // One exchange: what was said, what it means and how that is read aloud, and what can be done with it.
    caption(id, own) {
      let item = this.captions.querySelector(`[data-id="${id}"]`);
      if (!item) {
        item = element("li", { class: own ? "own" : "theirs", "data-id": id },
          element("p", { class: "main" }), element("p", { class: "other" }), element("p", { class: "reading" }),
          element("p", { class: "origin" }), element("p", { class: "tools" }));
        this.captions.append(item);
        while (this.captions.children.length > 50) this.captions.firstChild.remove();
      }
      return item;
    }

    fill(item, main, other, language, reading) {
      item.querySelector(".main").textContent = main;
      item.querySelector(".other").textContent = other;
      item.querySelector(".other").lang = language;
      item.querySelector(".reading").textContent = reading || "";
      item.querySelector(".reading").lang = `${language.split("-")[0]}-Latn`;
    }

    tools(item, text, language) {
      const words = this.words;
      const tool = (key, sign, act) => element("button", { type: "button", class: "tool", "aria-label": words[key], onclick: act },
        element("span", { class: "sign", "aria-hidden": "true" }, sign), element("span", { class: "name" }, words[key]));
      item.querySelector(".tools").replaceChildren(
        tool("hear-again", "♪", () => this.talk.say(text, language, 1)),
        tool("slower", "½", () => this.talk.say(text, language, 0.7)),
        tool("show-large", "⤢", () => this.talk.large(text, language, words.close)),
        tool("that-is-wrong", "✗", () => this.talk.wrong(item)));
      this.reveal(item);
    }

    // The newest exchange from its first line on, where it is taller than the list.
    reveal(item) {
      this.captions.scrollTop = item.offsetTop;
    }

    // Up to three phrases as large buttons over this half; back: what the other person read, told back.
    offer(readings, pick, { back = "", title = "did-you-mean" } = {}) {
      const hide = () => { this.choices.hidden = true; };
      const buttons = readings.slice(0, 3).map((each) => element("button", { type: "button", class: "choice",
        lang: each.language || this.language, onclick: () => { hide(); pick(each.text); } }, each.text));
      this.choices.replaceChildren(
        ...(back ? [element("p", { class: "back" }, fill(this.words["they-read"], { text: back }))] : []),
        ...(buttons.length ? [element("p", {}, this.words[title])] : []), ...buttons,
        element("button", { type: "button", class: "choice none", onclick: hide },
          this.words[buttons.length ? "none-of-these" : "close"]));
      this.choices.hidden = false;
      buttons[0]?.focus({ preventScroll: true });
    }

    clear() {
      this.captions.replaceChildren();
      this.choices.replaceChildren();
      this.choices.hidden = true;
      this.partial.textContent = "";
      this.field.value = "";
    }
  }

  window.Interpreter = Object.assign(window.Interpreter || {}, { Half });
})();
