// The talk page: two halves, each in its own language, one conversation. Runs inside a gr.HTML component.
(() => {
  const { Half, Microphone, Voice, Wire, element } = window.Interpreter;
  const ECHO = 300; // milliseconds in which a hall still answers the voice

  class Talk {
    constructor(root) {
      this.state = "connecting";
      this.voice = new Voice(() => this.quiet(), () => this.halves.forEach((half) => half.words && half.problem("sound-asleep")));
      this.microphone = new Microphone((name) => this.deaf(name));
      this.theirs = new Half(this, "theirs");
      this.mine = new Half(this, "mine");
      this.halves = [this.mine, this.theirs];
      this.dialog = element("dialog", { class: "large" });
      this.frame = element("div", { class: "halves" }, this.theirs.root, this.mine.root);
      root.replaceChildren(this.frame, this.dialog);
      document.addEventListener("visibilitychange", () => document.hidden && this.letGo());
      document.addEventListener("pointerdown", () => this.wire && this.voice.wake(), true);
      // As tall as what the bars above leave of the screen.
      const fit = () => {
        const top = this.frame.getBoundingClientRect().top + window.scrollY;
        if (top > 0) document.documentElement.style.setProperty("--above", `${Math.round(top)}px`);
      };
      new ResizeObserver(fit).observe(document.body);
      window.addEventListener("resize", fit);
      this.fit = fit;
    }

    // settings: {mine, theirs, words: {tag: {...}}, faceToFace, handsFree}
    open(settings) {
      const { mine, theirs } = settings;
      this.frame.classList.toggle("turned", Boolean(settings.faceToFace));
      const pair = `${mine} ${theirs} ${settings.handsFree}`;
      const changed = this.pair !== pair;
      if (changed) this.letGo();
      if (this.wire && this.mine.language !== mine) this.leave();
      this.pair = pair;
      this.handsFree = Boolean(settings.handsFree);
      this.mine.speak(mine, settings.words[mine]);
      this.theirs.speak(theirs, settings.words[theirs]);
      requestAnimationFrame(this.fit);
      if (!changed && this.wire) return;
      this.voice.stop();
      this.halves.forEach((half) => half.clear());
      this.texts = new Map();
      const before = this.wire;
      if (before) before.close();
      // The same visitor goes on in the same room: a phone that took the conversation along still follows.
      this.connect(before ? { room: before.start.room, key: before.start.key, after: before.after } : {});
    }

    connect(room = {}) {
      const languages = [this.mine.language, this.theirs.language];
      this.wire = new Wire({ type: "Start", speaks: languages, hears: languages, hold: !this.handsFree,
        voice: !window.Interpreter.manners?.silent, ...room },
        (message) => this.take(message), (state) => this.connection(state));
    }

    // The visit is over, and with it what was said: also on the server, and on every other screen.
    leave() {
      if (this.wire.ready) this.wire.send({ type: "End" });
      this.wire.close();
      this.wire = null;
    }

    // Somebody ended this conversation on another screen. What is said next begins a new one.
    ended() {
      this.holder = null;
      this.microphone.pause();
      this.voice.stop();
      this.wire.close();
      this.over = true;
      this.connect();
    }

    close() {
      this.holder = null;
      this.microphone.close();
      this.voice.stop();
      if (this.wire) this.leave();
      this.pair = null;
      this.texts = new Map();
      this.halves.forEach((half) => half.clear());
      if (this.dialog.open) this.dialog.close();
      this.dialog.replaceChildren();
    }

    connection(state) {
      if (state === "open") {
        this.setState("ready");
        if (this.over) this.halves.forEach((half) => half.problem("room-ended"));
        this.over = false;
      } else if (state === "slow") this.halves.forEach((half) => half.problem("slow-network"));
      else if (state === "lost") {
        this.holder = null;
        this.microphone.pause();
        this.setState("lost");
      }
    }

    setState(state) {
      this.state = state;
      this.halves.forEach((half) => half.words && half.show(state));
    }

    // The voice has ended.
    quiet() {
      this.hearAgain = performance.now() + ECHO;
      this.setState(this.holder ? "listening" : "ready");
    }

    // The switch of the bar: what nobody wants to hear is not spoken at all. "Hear it again" still is.
    sound(on) {
      if (!this.wire || this.wire.start.voice === on) return;
      this.wire.start.voice = on;
      this.wire.send({ type: "Voice", on });
      if (!on && this.hush()) this.quiet();
    }

    hush() {
      if (!this.voice.speaking) return false;
      this.voice.stop();
      this.wire.send({ type: "Interrupt" });
      return true;
    }

    // The button of a half was touched.
    touch(half) {
      if (!this.holder) this.press(half);
      // Without a button to hold, a touch while the voice speaks is an interruption: the person goes on.
      else if (this.handsFree && this.hush()) this.setState("listening");
      else if (this.handsFree || this.holder === half) this.letGo();
      else this.press(half);
    }

    async press(half) {
      this.letGo();
      this.voice.stop();
      this.voice.wake();
      const needed = this.handsFree ? this.halves : [half];
      if (this.heard && !needed.some((each) => this.heard.includes(each.language))) return half.problem("not-heard");
      this.holder = this.last = half;
      this.unanswered = false;
      // Who sees "listening" may speak: not before the microphone is open.
      this.setState(this.microphone.context ? "listening" : "thinking");
      this.wire.send({ type: "Interrupt" });
      if (!this.handsFree) this.wire.send({ type: "Listen", language: half.language });
      try {
        await this.microphone.open((sound) => this.hear(sound));
        if (this.holder !== half) this.microphone.pause();
        else this.setState("listening");
      } catch (error) {
        this.deaf(error.name);
      }
    }

    // Sound of the microphone. Without a button to hold, the program's own voice is not listened to.
    hear(sound) {
      if (this.handsFree && (this.voice.speaking || performance.now() < this.hearAgain)) return;
      if (this.wire) this.wire.sound(sound);
    }

    // The microphone could not be opened, or is gone.
    deaf(name) {
      const half = this.holder || this.last || this.mine;
      const wasHeld = Boolean(this.holder);
      this.holder = null;
      this.microphone.pause();
      if (wasHeld && this.wire) this.wire.send({ type: "Stop" });
      this.setState("ready");
      half.problem({ NotAllowedError: "microphone-refused", SecurityError: "microphone-refused",
        NotFoundError: "microphone-missing", InsecureOrigin: "microphone-insecure",
        InvalidStateError: "sound-asleep" }[name] || "microphone-failed");
    }

    letGo() {
      if (!this.holder) return;
      this.holder = null;
      const wire = this.wire;
      // What was said last is still on its way through the browser.
      setTimeout(() => {
        if (this.holder) return;
        this.microphone.pause();
        if (wire) wire.send({ type: "Stop" });
      }, 150);
      this.setState("thinking");
    }

    tell(text, language) {
      this.voice.stop();
      this.voice.wake();
      if (this.state !== "lost") this.setState("thinking");
      this.wire.send({ type: "Tell", text, language });
    }

    say(text, language, rate) {
      this.voice.stop();
      this.voice.wake();
      this.wire.send({ type: "Say", text, language, rate });
    }

    large(text, language, close) {
      this.dialog.replaceChildren(element("p", { lang: language }, text),
        element("button", { type: "button", onclick: () => this.dialog.close() }, close));
      this.dialog.showModal();
    }

    wrong(item) {
      item.classList.add("wrong");
      const said = this.texts.get(item.dataset.id);
      if (said && said.text) this.wire.send({ type: "Wrong", text: said.text, language: said.language,
        told: said.told || "", target: said.target || "" });
    }

    half(language) {
      return this.halves.find((half) => half.language === language) || this.last || this.mine;
    }

    take(message) {
      // With the room's code: after a restart of the program the numbers begin anew.
      const id = `${this.wire?.start.room}-${message.speaker}-${message.utterance}`;
      // Somebody is there, also when nobody touches the screen.
      if (["SpeechStarted", "Partial", "Final"].includes(message.type)) document.dispatchEvent(new Event("alive"));
      if (message.type === "Ready") this.heard = message.heard;
      else if (message.type === "Partial") this.half(message.language).partial.textContent = message.text;
      else if (message.type === "SpeechStarted") {
        this.unanswered = true;
        if (this.handsFree) this.voice.stop();
        this.halves.forEach((half) => { half.choices.hidden = true; });
        if (this.holder) this.setState("listening");
      } else if (message.type === "SpeechEnded") {
        if (this.handsFree || !this.holder) this.setState("thinking");
      } else if (message.type === "Final") this.final(message, id);
      else if (message.type === "Translated") this.translated(message, id);
      else if (message.type === "Spoken") this.spoken(message);
      else if (message.type === "Failed") this.failed(message);
      else if (message.type === "Done") this.done();
      else if (message.type === "Closed") this.ended();
      else if (message.type === "Nearest") {
        const readings = message.suggestions.map((text) => ({ text }));
        this.half(message.language).offer(readings, (text) => this.tell(text, message.language), { back: message.back });
      } else if (message.type === "Busy") this.halves.forEach((half) => half.problem("busy", { seconds: Math.ceil(message.seconds) }));
      else if (message.type === "Problem") this.halves.forEach((half) => half.problem(message.message));
    }

    // What was spoken has been dealt with, even if nothing was understood.
    done() {
      this.halves.forEach((half) => { half.partial.textContent = ""; });
      if (this.state === "thinking" || this.state === "listening") this.setState(this.holder ? "listening" : "ready");
      // In a noisy hall, what was not understood without a button was mostly not meant for the machine.
      if (this.unanswered && !this.handsFree) (this.last || this.mine).problem("not-understood");
      this.unanswered = false;
    }

    spoken(message) {
      const silent = window.Interpreter.manners?.silent;
      if (silent && message.utterance) return; // Who asks to hear a text again hears it.
      this.setState("speaking");
      this.voice.play(message.audio.pcm16, message.audio.rate);
    }

    final(event, id) {
      this.unanswered = false;
      const half = this.half(event.language);
      half.partial.textContent = "";
      if (!event.certain) {
        this.setState(this.holder ? "listening" : "ready");
        half.offer(event.alternatives, (text) => {
          this.setState("thinking");
          this.texts.set(id, { text, language: event.language, reading: "" });
          this.wire.send({ type: "Choose", utterance: event.utterance, text });
        });
        return;
      }
      this.texts.set(id, { text: event.text, language: event.language, reading: event.reading });
      const item = half.caption(id, true);
      item.querySelector(".main").textContent = event.text;
      half.reveal(item);
    }

    translated(event, id) {
      if (!this.voice.speaking) this.setState(this.holder ? "listening" : "ready");
      // A phone that follows this conversation may read a third language.
      if (!this.halves.some((half) => half.language === event.target)) return;
      const from = this.half(event.source);
      const to = this.halves.find((half) => half !== from);
      const said = { text: "", ...this.texts.get(id), language: event.source, told: event.text, target: event.target };
      this.texts.set(id, said);
      const own = from.caption(id, true);
      const theirs = to.caption(id, false);
      from.fill(own, said.text || event.text, said.text ? event.text : "", event.target, event.reading);
      to.fill(theirs, event.text, said.text, event.source, said.reading);
      for (const [half, item] of [[from, own], [to, theirs]]) {
        const kind = event.origin.kind;
        const key = kind === "phrasebook" ? (event.origin.status === "approved" ? "approved" : "from-phrasebook") : "by-machine";
        item.querySelector(".origin").textContent = kind === "same" ? "" : half.words[key];
        item.dataset.origin = key;
        if (event.warnings.length) item.classList.add("warned");
        half.tools(item, event.text, event.target);
      }
    }

    failed(event) {
      this.unanswered = false;
      if (!this.voice.speaking) this.setState(this.holder ? "listening" : "ready");
      if (event.stage === "voice") return; // the text stands
      const half = this.half(event.language);
      const title = event.stage === "translation" ? "no-translation" : "not-understood";
      half.problem(title);
      const readings = event.suggestions.map((text) => ({ text }));
      if (readings.length) half.offer(readings, (text) => this.tell(text, event.language), { title });
    }
  }

  window.Interpreter.Talk = Talk;
})();
