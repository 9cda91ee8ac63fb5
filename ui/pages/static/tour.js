// The tour guide's page: what is said, who follows, and the picture that lets phones in.
(() => {
  const { Microphone, Wire, element, fill, fit } = window.Interpreter;
  const TROUBLE = { NotAllowedError: "microphone-refused", SecurityError: "microphone-refused",
    NotFoundError: "microphone-missing", InsecureOrigin: "microphone-insecure", InvalidStateError: "sound-asleep" };

  // What a reload must not lose: this tab alone remembers it, until the tour or the visit ends.
  const KEPT = "tour";
  // Milliseconds after which a tour that nobody follows, and in which nobody speaks, keeps the screen from nobody else.
  const ABANDONED = 15 * 60 * 1000;

  class Tour {
    // onEnd(): the tour has ended.
    constructor(root, onEnd) {
      this.onEnd = onEnd;
      this.microphone = new Microphone((name) => this.trouble(name));
      this.captions = element("ol", { class: "captions", "aria-live": "polite", tabindex: "0" });
      this.choices = element("div", { class: "choices", hidden: true });
      this.partial = element("p", { class: "partial", "aria-hidden": "true" });
      this.status = element("p", { class: "status", role: "status" });
      this.button = element("button", { type: "button", class: "microphone" });
      this.switch = element("button", { type: "button", class: "switch", onclick: () => this.free(!this.handsFree) });
      this.field = element("input", { type: "text", maxlength: 300, autocomplete: "off", enterkeyhint: "send" });
      this.sendButton = element("button", { type: "submit" });
      this.form = element("form", { class: "type" }, this.field, this.sendButton);
      this.picture = element("img", { class: "picture", hidden: true });
      this.join = element("p", { class: "join" });
      this.code = element("p", { class: "code", translate: "no" });
      this.group = element("p", { class: "group", role: "status" });
      this.languages = element("ul", { class: "languages" });
      this.end = element("button", { type: "button", class: "end", onclick: () => this.finish() });
      const speaking = element("section", { class: "speaking" }, this.captions, this.choices, this.partial, this.status,
        element("div", { class: "controls" }, this.button, this.switch, this.form));
      const group = element("section", { class: "joining" }, this.picture, this.join, this.code, this.group,
        this.languages, this.end);
      this.frame = element("div", { class: "frame", hidden: true }, group, speaking);
      root.replaceChildren(this.frame);
      fit(this.frame);
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        const text = this.field.value.trim();
        if (text && this.wire) this.wire.send({ type: "Tell", text, language: this.language });
        this.field.value = "";
      });
      // A tablet that was asleep: do not wait for the next try.
      for (const [target, name] of [[document, "visibilitychange"], [window, "online"], [window, "pageshow"]]) {
        target.addEventListener(name, () => !document.hidden && this.wire && this.wire.hurry());
      }
      this.button.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        this.button.setPointerCapture(event.pointerId);
        this.pressed = performance.now();
        this.toggle();
      });
      // Held: letting go ends it. Tapped: it stays open until the next tap.
      this.button.addEventListener("pointerup", () => {
        if (this.speaking && !this.handsFree && performance.now() - this.pressed > 400) this.letGo();
      });
      this.button.addEventListener("contextmenu", (event) => event.preventDefault());
      this.button.addEventListener("keydown", (event) => {
        if ((event.key !== " " && event.key !== "Enter") || event.repeat) return;
        event.preventDefault();
        this.toggle();
      });
    }

    // settings: {language, address, words, endonyms} and, for a tour that goes on, {room, key, free}
    open(settings) {
      this.close();
      const { language, address, words, endonyms, room, key } = settings;
      Object.assign(this, { language, address, words, endonyms });
      this.frame.hidden = false;
      this.captions.lang = this.language;
      this.captions.setAttribute("aria-label", words.tour);
      this.field.placeholder = words["type-here"];
      this.field.setAttribute("aria-label", words["type-here"]);
      this.sendButton.textContent = words.send;
      this.switch.textContent = words["hands-free"];
      this.end.textContent = words["end-tour"];
      this.free(Boolean(settings.free), room && { room, key });
    }

    // Whether it is a tour that the screen is left to although nobody touches it.
    get inProgress() {
      return Boolean(this.wire) && (this.count > 0 || performance.now() - this.alive < ABANDONED);
    }

    // Pauses end a sentence, or letting go of the button does. It is the same room all the time.
    free(on, room) {
      this.letGo();
      this.alive = performance.now();
      this.handsFree = on;
      this.switch.setAttribute("aria-pressed", String(on));
      const before = this.wire;
      if (before) before.close();
      this.show("connecting");
      this.wire = new Wire({ type: "Start", speaks: [this.language], hears: [this.language], hold: !on, voice: false,
        tour: true, after: before ? before.after : 0,
        ...(before ? { room: before.start.room, key: before.start.key } : room) },
        (message) => this.take(message), (state) => state === "lost" && this.show("lost"));
    }

    close() {
      this.speaking = false;
      this.microphone.close();
      if (this.wire) {
        sessionStorage.removeItem(KEPT);
        if (this.wire.ready) this.wire.send({ type: "End" });
        this.wire.close();
      }
      this.wire = null;
      this.count = 0;
      this.clear();
    }

    clear() {
      this.frame.hidden = true;
      for (const each of [this.captions, this.languages, this.choices]) each.replaceChildren();
      for (const each of [this.partial, this.code, this.group, this.join, this.status]) each.textContent = "";
      this.picture.removeAttribute("src");
      this.picture.hidden = this.choices.hidden = true;
      this.field.value = "";
    }

    finish() {
      this.close();
      this.onEnd();
    }

    show(state, slots = {}) {
      this.status.textContent = fill(this.words[state] || state, slots);
      this.status.dataset.state = state;
      const label = this.speaking ? (this.handsFree ? "tap-to-stop" : "let-go") : (this.handsFree ? "tap-to-speak" : "hold-to-speak");
      this.button.textContent = this.words[label];
      this.button.setAttribute("aria-pressed", String(Boolean(this.speaking)));
    }

    toggle() {
      if (this.speaking) this.letGo();
      else this.press();
    }

    async press() {
      if (this.heard && !this.heard.length) return this.show("not-heard");
      this.speaking = true;
      this.choices.hidden = true;
      this.show("listening");
      if (!this.handsFree) this.wire.send({ type: "Listen", language: this.language });
      try {
        await this.microphone.open((sound) => this.wire && this.wire.sound(sound));
        if (!this.speaking) this.microphone.pause();
      } catch (error) {
        this.trouble(error.name);
      }
    }

    trouble(name) {
      this.speaking = false;
      this.show(TROUBLE[name] || "microphone-failed");
    }

    letGo() {
      if (!this.speaking) return;
      this.speaking = false;
      this.show("thinking");
      // What was said last is still on its way through the browser.
      setTimeout(() => {
        if (this.speaking) return;
        this.microphone.pause();
        if (this.wire) this.wire.send({ type: "Stop" });
      }, 150);
    }

    take(message) {
      if (["SpeechStarted", "Partial", "Final"].includes(message.type)) this.alive = performance.now();
      if (message.type === "Ready") this.ready(message);
      else if (message.type === "Members") this.members(message.listeners);
      else if (message.type === "Partial") this.partial.textContent = message.text;
      else if (message.type === "Final") this.final(message);
      else if (message.type === "Failed") this.failed(message);
      else if (message.type === "Done") this.show("ready");
      else if (message.type === "Closed") this.finish();
      else if (message.type === "Busy") this.show("busy", { seconds: Math.ceil(message.seconds) });
      else if (message.type === "Problem") this.show(message.message);
    }

    ready(message) {
      this.heard = message.heard;
      this.told = message.sequence;
      const { words, language, handsFree: free } = this;
      sessionStorage.setItem(KEPT, JSON.stringify({ language, room: message.room, key: message.key, free }));
      const path = `/follow/${message.room}`;
      this.code.textContent = message.room;
      this.code.setAttribute("aria-label", `${words["room-code"]}: ${[...message.room].join(" ")}`);
      this.picture.hidden = !this.address;
      this.join.classList.toggle("trouble", !this.address);
      if (this.address) {
        this.picture.alt = this.address + path;
        this.picture.src = `/v1/qr?path=${encodeURIComponent(path)}`;
        this.join.textContent = fill(words["tour-join"], { address: `${this.address}/follow` });
      } else this.join.textContent = words["phones-cannot-reach"];
      this.show("ready");
    }

    members(listeners) {
      const tags = Object.entries(listeners || {}).sort((one, other) => other[1] - one[1]);
      const count = tags.reduce((sum, [, each]) => sum + each, 0);
      if (count || this.count) this.alive = performance.now();
      this.count = count;
      this.group.textContent = count ? fill(this.words.followers, { count }) : this.words["no-followers"];
      this.languages.replaceChildren(...tags.map(([tag, each]) =>
        element("li", {}, element("span", { lang: tag }, this.endonyms[tag] || tag), ` ${each}`)));
    }

    final(message) {
      this.partial.textContent = "";
      // What came before a reload is read again, and no longer asked about.
      if (!message.certain && message.sequence <= this.told) return;
      if (!message.certain) return this.choose(message.alternatives.map((each) => each.text), (text) =>
        this.wire.send({ type: "Choose", utterance: message.utterance, text }));
      this.captions.append(element("li", {}, message.text));
      while (this.captions.children.length > 200) this.captions.firstChild.remove();
      this.captions.scrollTop = this.captions.scrollHeight;
      if (!this.speaking) this.show("ready");
    }

    failed(message) {
      if (message.stage === "voice") return;
      this.show(message.stage === "translation" ? "no-translation" : "not-understood");
      if (message.suggestions.length) this.choose(message.suggestions, (text) =>
        this.wire.send({ type: "Tell", text, language: this.language }));
    }

    choose(texts, act) {
      const button = (text, kind, then) => element("button", { type: "button", class: kind, onclick: () => {
        this.choices.hidden = true;
        then();
      } }, text);
      const buttons = texts.slice(0, 3).map((text) => button(text, "choice", () => act(text)));
      this.choices.replaceChildren(element("p", {}, this.words["did-you-mean"]), ...buttons,
        button(this.words["none-of-these"], "choice none", () => {}));
      this.choices.hidden = false;
      buttons[0]?.focus({ preventScroll: true });
    }
  }

  window.Interpreter.Tour = Tour;
})();
