// The talk page: two halves, each in its own language, one conversation. Runs inside a gr.HTML component.
(() => {
  const { Microphone, Voice, Wire } = window.Interpreter;

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child != null));
    return made;
  };

  class Half {
    constructor(talk, side) {
      this.talk = talk;
      this.side = side;
      this.captions = element("ol", { class: "captions", role: "log", "aria-live": "polite" });
      this.partial = element("p", { class: "partial", "aria-hidden": "true" });
      this.state = element("p", { class: "state", role: "status" });
      this.button = element("button", { class: "microphone", type: "button" });
      this.choices = element("div", { class: "choices", hidden: true });
      this.field = element("input", { type: "text", maxlength: 300, autocomplete: "off", enterkeyhint: "send" });
      this.sendButton = element("button", { type: "submit" });
      this.form = element("form", { class: "type" }, this.field, this.sendButton);
      this.root = element("section", { class: `half ${side}` }, this.captions, this.choices, this.partial, this.state,
        element("div", { class: "controls" }, this.button, this.form));
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
        if (talk.holder === this) talk.letGo();
        else talk.press(this);
      });
      // Held: letting go ends it. Tapped: it stays open until the next tap.
      this.button.addEventListener("pointerup", () => {
        if (talk.holder === this && performance.now() - this.pressed > 400) talk.letGo();
      });
      this.button.addEventListener("contextmenu", (event) => event.preventDefault());
      this.button.addEventListener("keydown", (event) => {
        if ((event.key === " " || event.key === "Enter") && !event.repeat) {
          event.preventDefault();
          if (talk.holder === this) talk.letGo();
          else talk.press(this);
        }
      });
    }

    speak(language, words) {
      this.language = language;
      this.words = words;
      this.root.lang = language;
      this.field.placeholder = words["type-here"];
      this.field.setAttribute("aria-label", words["type-here"]);
      this.sendButton.textContent = words.send;
      this.show(this.talk.state);
    }

    show(state) {
      const mine = this.talk.holder === this;
      const label = mine ? (this.talk.handsFree ? "listening" : "let-go") : "hold-to-speak";
      this.button.textContent = this.words[label];
      this.button.setAttribute("aria-pressed", String(mine));
      this.root.dataset.state = state;
      this.state.textContent = this.words[state] || this.words.ready;
    }

    problem(key, slots = {}) {
      const text = (this.words[key] || key).replace(/\{(\w+)\}/g, (_, name) => slots[name] ?? "");
      this.state.textContent = text;
      this.root.dataset.state = "problem";
    }

    // One exchange: what was said, what it means, and what can be done with it.
    caption(id, own) {
      let item = this.captions.querySelector(`[data-id="${id}"]`);
      if (!item) {
        item = element("li", { class: own ? "own" : "theirs", "data-id": id },
          element("p", { class: "main" }), element("p", { class: "reading" }), element("p", { class: "other" }),
          element("p", { class: "origin" }), element("p", { class: "tools" }));
        this.captions.append(item);
        while (this.captions.children.length > 50) this.captions.firstChild.remove();
      }
      this.captions.scrollTop = this.captions.scrollHeight;
      return item;
    }

    tools(item, text, language) {
      const words = this.words;
      const tool = (key, act) => element("button", { type: "button", class: "tool", onclick: act }, words[key]);
      item.querySelector(".tools").replaceChildren(
        tool("hear-again", () => this.talk.say(text, language, 1)),
        tool("slower", () => this.talk.say(text, language, 0.7)),
        tool("show-large", () => this.talk.large(text, language, words.close)),
        tool("that-is-wrong", () => this.talk.wrong(this, item)));
    }

    choose(event, words) {
      const buttons = event.alternatives.slice(0, 3).map((reading) =>
        element("button", { type: "button", class: "choice", lang: reading.language || event.language,
          onclick: () => { this.choices.hidden = true; this.talk.choose(event, reading.text); } }, reading.text));
      this.choices.replaceChildren(element("p", {}, words["did-you-mean"]), ...buttons,
        element("button", { type: "button", class: "choice none", onclick: () => { this.choices.hidden = true; } },
          words["none-of-these"]));
      this.choices.hidden = false;
      buttons[0]?.focus({ preventScroll: true });
    }

    clear() {
      this.captions.replaceChildren();
      this.choices.hidden = true;
      this.partial.textContent = "";
      this.field.value = "";
    }
  }

  class Talk {
    constructor(root) {
      this.state = "connecting";
      this.voice = new Voice(() => this.setState("ready"));
      this.microphone = new Microphone();
      this.theirs = new Half(this, "theirs");
      this.mine = new Half(this, "mine");
      this.halves = [this.mine, this.theirs];
      this.dialog = element("dialog", { class: "large" });
      this.frame = element("div", { class: "halves" }, this.theirs.root, this.mine.root);
      root.replaceChildren(this.frame, this.dialog);
      document.addEventListener("visibilitychange", () => document.hidden && this.letGo());
    }

    // settings: {mine, theirs, words: {tag: {...}}, faceToFace, handsFree, voice}
    open(settings) {
      const { mine, theirs } = settings;
      this.words = settings.words;
      this.frame.classList.toggle("turned", Boolean(settings.faceToFace));
      this.mine.speak(mine, settings.words[mine]);
      this.theirs.speak(theirs, settings.words[theirs]);
      const changed = this.pair !== `${mine} ${theirs} ${settings.handsFree}`;
      this.pair = `${mine} ${theirs} ${settings.handsFree}`;
      this.handsFree = Boolean(settings.handsFree);
      if (!changed && this.wire) return;
      if (this.wire) this.wire.close();
      this.letGo();
      this.halves.forEach((half) => half.clear());
      this.texts = new Map();
      this.wire = new Wire({ type: "Start", speaks: [mine, theirs], hears: [mine, theirs], hold: !this.handsFree,
        voice: settings.voice !== false }, (message) => this.take(message), (state) => this.connection(state));
    }

    close() {
      this.letGo();
      this.microphone.close();
      this.voice.stop();
      if (this.wire) this.wire.close();
      this.wire = this.pair = null;
      this.halves.forEach((half) => half.clear());
      if (this.dialog.open) this.dialog.close();
    }

    connection(state) {
      if (state === "open") this.setState("ready");
      else if (state === "lost") this.setState("lost");
    }

    setState(state) {
      this.state = state;
      this.halves.forEach((half) => half.words && half.show(state));
    }

    async press(half) {
      this.letGo();
      this.voice.stop();
      this.voice.wake();
      if (this.heard && !this.heard.includes(half.language)) return half.problem("not-heard");
      this.holder = half;
      this.setState("listening");
      this.wire.send({ type: "Interrupt" });
      if (!this.handsFree) this.wire.send({ type: "Listen", language: half.language });
      try {
        await this.microphone.open((sound) => this.wire && this.wire.sound(sound));
        if (this.holder !== half) this.microphone.pause();
      } catch (error) {
        this.holder = null;
        this.setState("ready");
        half.problem({ NotAllowedError: "microphone-refused", SecurityError: "microphone-refused",
          NotFoundError: "microphone-missing", InsecureOrigin: "microphone-insecure",
          InvalidStateError: "sound-asleep" }[error.name] || "microphone-failed");
      }
    }

    letGo() {
      if (!this.holder) return;
      this.holder = null;
      // What was said last is still on its way through the browser.
      setTimeout(() => {
        if (this.holder) return;
        this.microphone.pause();
        if (this.wire) this.wire.send({ type: "Stop" });
      }, 150);
      this.setState("thinking");
    }

    tell(text, language) {
      this.voice.stop();
      this.voice.wake();
      this.setState("thinking");
      this.wire.send({ type: "Tell", text, language });
    }

    say(text, language, rate) {
      this.voice.stop();
      this.voice.wake();
      this.wire.send({ type: "Say", text, language, rate });
    }

    choose(event, text) {
      this.setState("thinking");
      this.wire.send({ type: "Choose", utterance: event.utterance, text });
    }

    large(text, language, close) {
      this.dialog.replaceChildren(element("p", { lang: language }, text),
        element("button", { type: "button", onclick: () => this.dialog.close() }, close));
      this.dialog.showModal();
    }

    wrong(half, item) {
      item.classList.add("wrong");
      const id = item.dataset.id;
      const said = this.texts.get(id);
      if (said) this.wire.send({ type: "Wrong", text: said.text, language: said.language, told: said.told || "",
        target: said.target || "" });
    }

    half(language) {
      return this.halves.find((half) => half.language === language) || this.mine;
    }

    take(message) {
      const id = `${message.speaker}-${message.utterance}`;
      if (message.type === "Ready") this.heard = message.heard;
      else if (message.type === "Partial") this.half(message.language).partial.textContent = message.text;
      else if (message.type === "SpeechStarted") this.halves.forEach((half) => { half.choices.hidden = true; });
      else if (message.type === "SpeechEnded") {
        if (!this.handsFree || !this.holder) this.setState("thinking");
      } else if (message.type === "Final") this.final(message, id);
      else if (message.type === "Translated") this.translated(message, id);
      else if (message.type === "Spoken") {
        this.setState("speaking");
        this.voice.play(message.audio.pcm16, message.audio.rate);
      } else if (message.type === "Failed") this.failed(message);
      else if (message.type === "Nearest") this.nearest(message);
      else if (message.type === "Busy") this.halves.forEach((half) => half.problem("busy", { seconds: Math.ceil(message.seconds) }));
      else if (message.type === "Problem") this.halves.forEach((half) => half.problem(message.message));
    }

    final(event, id) {
      const half = this.half(event.language);
      half.partial.textContent = "";
      if (!event.certain) {
        this.setState("ready");
        half.choose(event, half.words);
        return;
      }
      this.texts.set(id, { text: event.text, language: event.language });
      half.caption(id, true).querySelector(".main").textContent = event.text;
    }

    translated(event, id) {
      if (!this.voice.speaking) this.setState("ready");
      // A phone that follows this conversation may read a third language.
      if (!this.halves.some((half) => half.language === event.target)) return;
      const from = this.half(event.source);
      const to = this.halves.find((half) => half !== from);
      const said = this.texts.get(id) || { text: event.said || "", language: event.source };
      this.texts.set(id, { ...said, told: event.text, target: event.target });
      const own = from.caption(id, true);
      own.querySelector(".main").textContent = said.text || event.text;
      own.querySelector(".other").textContent = event.text;
      own.querySelector(".other").lang = event.target;
      const theirs = to.caption(id, false);
      theirs.querySelector(".main").textContent = event.text;
      theirs.querySelector(".other").textContent = said.text;
      theirs.querySelector(".other").lang = event.source;
      for (const [half, item] of [[from, own], [to, theirs]]) {
        const kind = event.origin.kind;
        const key = kind === "phrasebook" ? (event.origin.status === "approved" ? "approved" : "from-phrasebook") : "by-machine";
        item.querySelector(".origin").textContent = kind === "same" ? "" : half.words[key];
        item.dataset.origin = key;
        if (event.warnings.length) item.classList.add("warned");
        half.tools(item, event.text, event.target);
        half.captions.scrollTop = half.captions.scrollHeight;
      }
      own.querySelector(".reading").textContent = event.reading || "";
    }

    failed(event) {
      const half = this.mine;
      this.setState("ready");
      this.halves.forEach((each) => each.problem(event.stage === "translation" ? "no-translation" : "not-understood"));
      if (event.suggestions.length) this.nearest({ utterance: event.utterance, suggestions: event.suggestions,
        language: event.language || half.language });
    }

    nearest(message) {
      const half = this.half(message.language);
      const buttons = message.suggestions.slice(0, 3).map((text) =>
        element("button", { type: "button", class: "choice", lang: message.language,
          onclick: () => { half.choices.hidden = true; this.tell(text, message.language); } }, text));
      half.choices.replaceChildren(element("p", {}, half.words["did-you-mean"]), ...buttons,
        element("button", { type: "button", class: "choice none", onclick: () => { half.choices.hidden = true; } },
          half.words["none-of-these"]));
      half.choices.hidden = false;
    }
  }

  window.Interpreter.Talk = Talk;
})();
