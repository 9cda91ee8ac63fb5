// The ask page: the microphone, the answer and its voice. Runs inside a gr.HTML component.
(() => {
  const { Microphone, Voice, Wire } = window.Interpreter;
  const PROBLEMS = { NotAllowedError: "microphone-refused", SecurityError: "microphone-refused",
    NotFoundError: "microphone-missing", InsecureOrigin: "microphone-insecure", InvalidStateError: "sound-asleep" };

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child != null));
    return made;
  };

  class Asking {
    // ask(text): a question was spoken; visit(stop, kind): a place was touched.
    constructor(root, ask, visit) {
      Object.assign(this, { root, ask, visit });
      this.microphone = new Microphone();
      this.voice = new Voice(() => this.hear && this.hear.setAttribute("aria-pressed", "false"));
      this.button = element("button", { type: "button", class: "microphone" });
      this.state = element("p", { class: "state", role: "status" });
      this.choices = element("div", { class: "choices", hidden: true });
      this.card = element("section", { class: "card", "aria-live": "polite", tabindex: "0" });
      this.listen();
      document.addEventListener("visibilitychange", () => document.hidden && this.letGo());
    }

    listen() {
      this.button.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.button.setPointerCapture(event.pointerId);
        this.pressed = performance.now();
        if (this.held) this.letGo();
        else this.press();
      });
      // Held: letting go ends it. Tapped: it stays open until the next tap.
      this.button.addEventListener("pointerup", () => {
        if (this.held && performance.now() - this.pressed > 400) this.letGo();
      });
      this.button.addEventListener("contextmenu", (event) => event.preventDefault());
      this.button.addEventListener("keydown", (event) => {
        if ((event.key !== " " && event.key !== "Enter") || event.repeat) return;
        event.preventDefault();
        if (this.held) this.letGo();
        else this.press();
      });
    }

    // value: {tag, heard, words, question, answer, notice}
    open(value) {
      if (this.tag !== value.tag) this.close();
      this.voice.stop();
      this.value = value;
      this.tag = value.tag;
      this.words = value.words;
      this.button.hidden = !value.heard;
      this.choices.hidden = true;
      if (!this.card.isConnected) this.root.replaceChildren(this.button, this.state, this.choices, this.card);
      this.says(value.notice || (value.heard ? "" : this.words["not-heard"]));
      this.show();
      this.answer(value.answer);
    }

    close() {
      this.held = false;
      this.microphone.close();
      this.voice.stop();
      if (this.wire) this.wire.close();
      this.wire = this.tag = this.value = this.hear = null;
      this.state.textContent = "";
      this.choices.replaceChildren();
      this.card.replaceChildren();
      this.root.replaceChildren();
    }

    says(text) {
      this.state.textContent = text || "";
    }

    waits() {
      this.voice.stop();
      if (this.words) this.says(this.words.thinking);
    }

    show() {
      this.button.textContent = this.words[this.held ? "let-go" : "hold-to-speak"];
      this.button.setAttribute("aria-pressed", String(Boolean(this.held)));
    }

    answer(told) {
      this.hear = null;
      this.card.hidden = !told;
      if (!told) return this.card.replaceChildren();
      const { words } = this;
      const place = ({ stop, kind, language }, label, look = "") => element("button", { type: "button",
        class: `place ${look}`, lang: look ? false : language, onclick: () => { this.voice.stop(); this.visit(stop, kind); } }, label);
      if (told.spoken) {
        this.hear = element("button", { type: "button", class: "hear", onclick: () => this.say(told) }, words["hear-it"]);
      }
      this.card.setAttribute("aria-label", words.answer);
      this.card.dataset.supported = String(told.supported);
      const doing = element("div", { class: "doing" }, this.hear,
        told.stop ? place(told.stop, told.stop.words.replace("{title}", told.stop.title), "cited") : null);
      this.card.replaceChildren(...[
        element("p", { class: "asked" }, this.value.question),
        element("div", { class: "text", lang: told.language }, ...told.lines.map((line) => element("p", {}, line))),
        ...told.states.map(([key, text]) => element("p", { class: "note", "data-state": key }, text)),
        told.supported ? doing : null,
        told.nearest.length && told.near ? element("p", { class: "near" }, told.near) : null,
        told.nearest.length ? element("div", { class: "places" }, ...told.nearest.map((each) => place(each, each.title))) : null,
        told.supported ? null : doing].filter(Boolean));
      this.card.scrollTop = 0;
    }

    connect() {
      if (this.wire) return;
      this.wire = new Wire({ type: "Start", speaks: this.value.heard ? [this.tag] : [], hears: [this.tag], hold: true,
        voice: false, asks: true }, (message) => this.take(message), (state) => state === "lost" && this.says(this.words.lost));
    }

    say(told) {
      if (this.voice.speaking) return this.voice.stop();
      this.voice.wake();
      this.connect();
      this.hear.setAttribute("aria-pressed", "true");
      this.wire.send({ type: "Say", text: told.spoken, language: told.language });
    }

    async press() {
      this.voice.stop();
      this.connect();
      this.held = true;
      this.understood = false;
      this.choices.hidden = true;
      this.says(this.words.listening);
      this.show();
      this.wire.send({ type: "Listen", language: this.tag });
      try {
        await this.microphone.open((sound) => this.wire && this.wire.sound(sound));
        if (!this.held) this.microphone.pause();
      } catch (error) {
        this.held = false;
        this.show();
        this.says(this.words[PROBLEMS[error.name] || "microphone-failed"]);
      }
    }

    letGo() {
      if (!this.held) return;
      this.held = false;
      this.show();
      this.says(this.words.thinking);
      // What was said last is still on its way through the browser.
      setTimeout(() => {
        if (this.held) return;
        this.microphone.pause();
        if (this.wire) this.wire.send({ type: "Stop" });
      }, 150);
    }

    take(message) {
      const { type } = message;
      if (type === "Partial") this.says(message.text);
      else if (type === "Final") this.final(message);
      else if (type === "Done" && !this.understood) this.says(this.words["not-understood"]);
      else if (type === "Failed" && message.stage === "recognition") this.says(this.words["not-understood"]);
      else if (type === "Spoken") this.voice.play(message.audio.pcm16, message.audio.rate);
      else if (type === "Busy") this.says(this.words.busy.replace("{seconds}", Math.ceil(message.seconds)));
      else if (type === "Problem") this.says(this.words["not-understood"]);
    }

    final(event) {
      this.understood = true;
      if (event.certain) return this.chosen(event.text);
      const readings = event.alternatives.slice(0, 3).map((reading) => element("button", { type: "button",
        class: "choice", lang: reading.language || event.language, onclick: () => this.chosen(reading.text) }, reading.text));
      this.choices.replaceChildren(element("p", {}, this.words["did-you-mean"]), ...readings,
        element("button", { type: "button", class: "choice none", onclick: () => { this.choices.hidden = true; this.says(""); } },
          this.words["none-of-these"]));
      this.choices.hidden = false;
      // The answer before is to another question; its room is for the choices.
      this.card.hidden = true;
      this.says("");
      readings[0]?.focus({ preventScroll: true });
    }

    chosen(text) {
      this.choices.hidden = true;
      this.waits();
      this.ask(text);
    }
  }

  window.Interpreter.Asking = Asking;
})();
