// The text of a stop and its voice: the sentence that is spoken is marked and kept in sight. Runs inside a gr.HTML.
// The voice comes in parts while it is still speaking: one element plays them one after the other, as every browser can.
(() => {
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  };

  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

  // An address that every browser jumps in: not all of them do in data: addresses.
  const local = (address) => address.startsWith("data:")
    ? URL.createObjectURL(new Blob([bytes(address.slice(address.indexOf(",") + 1))], { type: "audio/flac" })) : address;

  // The JSON objects of an answer, one a line, as they arrive.
  async function* lines(response) {
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { value, done } = await reader.read();
      const found = (rest + decoder.decode(value || new Uint8Array(), { stream: !done })).split("\n");
      rest = found.pop();
      for (const each of found) if (each) yield JSON.parse(each);
      if (done) return;
    }
  }

  class Reader {
    constructor(root) {
      this.root = root;
      this.audio = new Audio();
      this.audio.preload = "auto";
      this.audio.addEventListener("playing", () => this.changed());
      // Also when headphones or a telephone call stop it.
      this.audio.addEventListener("pause", () => this.audio.paused && !this.audio.ended && this.halt());
      this.audio.addEventListener("ended", () => this.ended());
      this.audio.addEventListener("error", () => this.audio.src && this.fail("voice-failed"));
      // Who listens is there, although nobody touches the screen.
      this.audio.addEventListener("timeupdate", () => document.dispatchEvent(new Event("alive")));
      this.parts = [];
      this.rate = 1;
      this.generation = 0;
    }

    // value: {stop, language, paragraphs: [[sentence]], speech: address or "", rates, words}
    open(value) {
      const arrived = this.stop !== value.stop;
      this.close();
      this.value = value;
      this.stop = value.stop;
      if (arrived) requestAnimationFrame(() => this.arrive());
      const { words } = value;
      this.sentences = [];
      const parts = value.paragraphs.map((part) => {
        const gap = /^(zh|ja)/.test(value.language) ? "" : " ";
        return element("p", {}, ...part.flatMap((text) => {
          const sentence = element("span", { class: "sentence" }, text);
          this.sentences.push(sentence);
          return [sentence, gap];
        }));
      });
      this.transcript = element("div", { class: "transcript", lang: value.language, tabindex: "0", role: "region",
        "aria-label": words.text }, ...parts);
      this.transcript.addEventListener("click", (event) => {
        const index = this.sentences.indexOf(event.target);
        if (index >= 0 && this.times && !getSelection().toString()) this.jump(index);
      });
      this.status = element("p", { class: "status", role: "status" });
      if (!value.speech) {
        this.root.replaceChildren(this.transcript, this.status);
        this.says("no-voice");
        return;
      }
      this.button = element("button", { type: "button", class: "play", onclick: () => this.toggle() }, words.listen);
      this.speeds = value.rates.map((rate) =>
        element("button", { type: "button", class: "speed", onclick: () => this.faster(rate) }, `${rate}×`));
      this.root.replaceChildren(this.transcript, element("div", { class: "player" }, this.button,
        element("div", { class: "speeds", role: "group", "aria-label": words.speed }, ...this.speeds)), this.status);
      this.changed();
    }

    // A stop was opened: the reader of a screen hears its name, and it is shown from its top.
    arrive() {
      const page = this.root.closest("#guide-stop");
      const title = page && page.querySelector("h2");
      if (!title) return;
      title.focus({ preventScroll: true });
      page.querySelector("#guide-body").scrollTop = 0;
      if (page.getBoundingClientRect().top < 0) page.scrollIntoView();
    }

    close() {
      this.stop = null;
      this.forget();
      cancelAnimationFrame(this.frame);
      this.value = this.button = null;
      this.sentences = [];
      this.current = -1;
      this.root.replaceChildren();
    }

    says(key) {
      if (this.status) this.status.textContent = key ? this.value.words[key] : "";
    }

    changed() {
      if (!this.button) return;
      const playing = this.going && !this.waiting;
      this.button.textContent = this.value.words[playing ? "pause" : "listen"];
      this.button.dataset.playing = String(playing);
      this.speeds.forEach((each, index) => each.setAttribute("aria-pressed", String(this.value.rates[index] === this.rate)));
      if (playing) this.follow();
    }

    // What was spoken so far, and what is still to come.
    forget() {
      this.generation += 1;
      this.stream?.abort();
      this.going = this.waiting = false;
      this.audio.pause();
      this.audio.removeAttribute("src");
      for (const { src } of this.parts) if (src.startsWith("blob:")) URL.revokeObjectURL(src);
      this.parts = [];
      this.part = -1;
      this.times = this.stream = null;
    }

    async toggle() {
      if (this.waiting) return;
      if (this.going) this.halt();
      else if (!this.times) await this.load(0);
      else if (this.part < 0) this.jump(0);
      else {
        this.going = true;
        if (this.audio.ended) this.ended();
        else this.start();
      }
    }

    halt() {
      if (this.waiting) return;
      this.going = false;
      this.audio.pause();
      this.changed();
    }

    fail(key) {
      this.forget();
      this.changed();
      this.says(key);
    }

    // The same sentence at another speed: the voice speaks slower, it is not stretched.
    async faster(rate) {
      this.rate = rate;
      const { going } = this;
      const place = Math.max(0, this.waiting ? this.wanted : this.current);
      this.forget();
      this.changed();
      if (going) await this.load(place);
      else this.place = place;
    }

    async load(place) {
      this.forget();
      const { generation } = this;
      const stream = this.stream = new AbortController();
      this.times = [];
      this.complete = false;
      this.going = true;
      this.jump(this.place || place);
      this.place = 0;
      // Tablets allow sound only to what was begun within the touch: wake the element before waiting.
      this.audio.load();
      try {
        const response = await fetch(`${this.value.speech}&rate=${this.rate}`, { signal: stream.signal });
        if (generation !== this.generation) return;
        if (!response.ok) return this.fail(response.status === 503 ? "busy-voice" : "voice-failed");
        for await (const line of lines(response)) {
          if (generation !== this.generation) return;
          if (line.error) return this.fail(line.error.code === "busy" ? "busy-voice" : "voice-failed");
          this.take(line);
        }
        if (generation === this.generation && !this.complete) this.fail("voice-failed");
      } catch {
        if (generation === this.generation) this.fail("voice-failed");
      }
    }

    take(line) {
      if (line.sentences) this.times.push(...line.sentences);
      if (line.audio) this.parts.push({ src: local(line.audio), start: line.start, end: line.end });
      if ("seconds" in line) this.complete = true;
      if (this.waiting) this.go();
    }

    // A sentence is spoken next, now or as soon as it is there.
    jump(index) {
      this.wanted = index;
      this.going = this.waiting = true;
      this.mark(index);
      this.audio.pause();
      this.says("thinking");
      this.go();
    }

    // Play what is waited for: a sentence (wanted), or the part behind the one that has ended (wanted: -1).
    go() {
      let part = this.part + 1;
      let offset = 0;
      if (this.wanted >= 0) {
        // The first sentence is played before it is known where it ends.
        const at = this.wanted ? this.times[this.wanted]?.start : 0;
        part = at === undefined ? -1 : this.parts.findIndex((each) => at < each.end);
        if (part >= 0) offset = Math.max(0, at - this.parts[part].start);
        else if (this.complete) return this.finish();
      } else if (part >= this.parts.length && this.complete) return this.finish();
      if (part < 0 || part >= this.parts.length) return;
      this.wanted = -1;
      this.waiting = false;
      if (part !== this.part) this.audio.src = this.parts[part].src;
      if (offset || part === this.part) this.audio.currentTime = offset;
      this.part = part;
      this.says("");
      this.start();
    }

    // A part has been heard to its end.
    ended() {
      if (!this.going) return;
      this.wanted = -1;
      this.waiting = true;
      if (this.part + 1 >= this.parts.length && !this.complete) this.says("thinking");
      this.go();
    }

    // The whole text has been heard.
    finish() {
      this.going = this.waiting = false;
      this.part = -1;
      this.mark(-1);
      this.says("");
      this.changed();
    }

    async start() {
      try {
        await this.audio.play();
      } catch (error) {
        if (error.name !== "AbortError") this.fail("voice-failed");
      }
    }

    follow() {
      cancelAnimationFrame(this.frame);
      const step = () => {
        if (!this.going) return;
        // Another tab of the page was chosen: nobody sees who speaks.
        if (!document.hidden && this.root.offsetParent === null) return this.halt();
        if (!this.waiting) {
          const now = this.parts[this.part].start + this.audio.currentTime;
          const index = this.times.findIndex((each) => now < each.end);
          // A sentence whose end is not known yet is the one that is being spoken.
          this.mark(Math.min(index < 0 ? this.times.length : index, this.sentences.length - 1));
        }
        this.frame = requestAnimationFrame(step);
      };
      step();
    }

    mark(index) {
      if (index === this.current) return;
      this.sentences.forEach((each, place) => {
        each.classList.toggle("spoken", place === index);
        if (place === index) each.setAttribute("aria-current", "true");
        else each.removeAttribute("aria-current");
      });
      this.current = index;
      const sentence = this.sentences[index];
      if (!sentence) return;
      // Only the transcript scrolls, never the page under a finger.
      const box = this.transcript.getBoundingClientRect();
      const place = sentence.getBoundingClientRect();
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.transcript.scrollBy({ top: place.top - box.top - box.height / 3, behavior: still ? "auto" : "smooth" });
    }
  }

  window.Interpreter = Object.assign(window.Interpreter || {}, { Reader });
})();
