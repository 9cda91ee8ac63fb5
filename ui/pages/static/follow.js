// A phone that follows a room in one language: captions that stay, and a voice once it was switched on by touch.
(() => {
  const { Voice, Wire, element, fill, fit, origin } = window.Interpreter;
  const SIZES = [1, 1.3, 1.7, 2.2];
  const PATIENCE = 6000; // milliseconds after which a sentence without a translation is shown as it was said

  class Follow {
    // onLanguage(): the visitor wants another language.
    constructor(root, onLanguage) {
      this.voice = new Voice(() => {}, () => this.say("sound-asleep"));
      this.size = 0;
      const button = (act, attributes = {}) => element("button", { type: "button", onclick: act, ...attributes });
      this.speaker = button(() => this.switchVoice(), { class: "speaker" });
      this.sizer = button(() => this.resize(this.size + 1), { class: "sizer" });
      this.language = button(() => { this.close(); onLanguage(); }, { class: "change" });
      this.status = element("p", { class: "status", role: "status" });
      this.captions = element("ol", { class: "captions", "aria-live": "polite", tabindex: "0" });
      this.newest = button(() => this.toNewest(), { class: "newest", hidden: true });
      this.captions.addEventListener("scroll", () => { this.newest.hidden = this.atEnd(); });
      const toolbar = element("div", { class: "toolbar" }, this.speaker, this.sizer, this.language);
      const frame = element("div", { class: "frame" }, toolbar, this.captions, this.newest, this.status);
      root.replaceChildren(frame);
      fit(frame);
      // A phone that was in a pocket: do not wait for the next try.
      for (const [target, name] of [[document, "visibilitychange"], [window, "online"], [window, "pageshow"]]) {
        target.addEventListener(name, () => !document.hidden && this.wire && this.wire.hurry());
      }
    }

    // settings: {room, language, title, endonym, words}
    open(settings) {
      this.close();
      const { room, language, words } = settings;
      this.tag = language;
      this.words = words;
      this.captions.lang = this.status.lang = language;
      this.captions.setAttribute("aria-label", words["follow-title"]);
      this.language.textContent = settings.endonym;
      this.language.setAttribute("aria-label", `${words["change-language"]} (${settings.endonym})`);
      this.sizer.textContent = "Aa";
      this.newest.textContent = `↓ ${words["to-newest"]}`;
      this.resize(this.size);
      this.setVoice(false);
      this.say("connecting");
      history.replaceState(null, "", `?code=${room}&language=${language}`);
      document.documentElement.lang = language;
      document.title = settings.title;
      this.wire = new Wire({ type: "Start", hears: [language], room, voice: false },
        (message) => this.take(message), (state) => state === "lost" && this.say("lost"));
    }

    close() {
      this.voice.stop();
      if (this.wire) this.wire.close();
      this.wire = null;
      this.items = new Map();
      this.missed = this.late = 0;
      this.captions.replaceChildren();
    }

    say(key, slots) {
      this.status.textContent = fill(this.words[key], slots);
      this.status.dataset.state = key;
    }

    switchVoice() {
      this.setVoice(!this.on);
      if (this.on) this.voice.wake();
      else this.voice.stop();
      if (this.wire) {
        this.wire.start.voice = this.on;
        this.wire.send({ type: "Voice", on: this.on });
      }
      if (this.on && this.spoken && !this.spoken.length) this.say("no-voice-here");
    }

    setVoice(on) {
      this.on = on;
      this.speaker.textContent = `${on ? "🔊" : "🔇"} ${this.words[on ? "voice-on" : "voice-off"]}`;
      this.speaker.setAttribute("aria-pressed", String(on));
    }

    resize(size) {
      this.size = size % SIZES.length;
      const end = this.atEnd();
      this.captions.style.setProperty("--size", SIZES[this.size]);
      this.sizer.setAttribute("aria-label", fill(this.words["text-size"], { size: this.size + 1, sizes: SIZES.length }));
      if (end) this.toNewest();
    }

    atEnd() {
      return this.captions.scrollHeight - this.captions.scrollTop - this.captions.clientHeight < 60;
    }

    toNewest() {
      this.captions.scrollTop = this.captions.scrollHeight;
    }

    take(message) {
      if (message.type === "Ready") this.ready(message);
      else if (message.type === "Final" && message.certain) this.final(message);
      else if (message.type === "Translated" && message.target === this.tag) this.translated(message);
      else if (message.type === "Spoken" && this.on) this.voice.play(message.audio.pcm16, message.audio.rate);
      else if (message.type === "Closed" || (message.type === "Problem" && message.code === "no-such-room")) this.ended();
      else if (message.type === "Problem") this.status.textContent = message.message;
      if (message.sequence && message.type !== "Ready" && this.missed) this.caughtUp();
    }

    ready(message) {
      this.spoken = message.spoken;
      // The first time, what was said before is history and not something missed.
      const back = this.captions.children.length > 0;
      this.missed = message.missed;
      this.late = 0;
      if (this.missed && back) this.say("catching-up", { count: this.missed });
      else this.say("following");
      this.back = back;
    }

    caughtUp() {
      this.missed -= 1;
      if (this.missed || !this.back) return;
      this.say("caught-up", { count: this.late });
    }

    ended() {
      this.wire.close();
      this.voice.stop();
      this.say("room-ended");
    }

    item(message) {
      // Numbers of utterances begin anew with every connection of a speaker.
      const id = `${message.speaker}-${message.utterance}`;
      let item = this.items.get(id);
      if (!item) {
        item = element("li", {}, element("p", { class: "main" }), element("p", { class: "other" }),
          element("p", { class: "origin" }));
        this.items.set(id, item);
        this.captions.append(item);
        if (this.missed) this.late += 1;
      }
      return item;
    }

    show(item, { main, language, other = "", source = "", origin: kind = "" }) {
      const end = this.atEnd();
      const [large, small, mark] = item.children;
      large.textContent = main;
      large.lang = language;
      small.textContent = other;
      small.lang = source;
      mark.textContent = kind && this.words[kind];
      item.dataset.origin = kind;
      if (end) this.toNewest();
      else this.newest.hidden = false;
    }

    final(message) {
      const item = this.item(message);
      item.said = message.text;
      if (item.told) this.show(item, { ...item.told, other: message.text });
      else if (message.language === this.tag) this.show(item, { main: message.text, language: this.tag });
      else {
        item.classList.add("waiting");
        this.show(item, { main: message.text, language: message.language });
        setTimeout(() => !item.told && this.show(item, { main: message.text, language: message.language, origin: "as-spoken" }),
          PATIENCE);
      }
    }

    translated(message) {
      const item = this.item(message);
      item.classList.remove("waiting");
      item.told = { main: message.text, language: this.tag, source: message.source, origin: origin(message.origin) };
      this.show(item, { ...item.told, other: item.said || "" });
    }
  }

  window.Interpreter.Follow = Follow;
})();
