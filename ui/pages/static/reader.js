// The text of a stop and its voice: the sentence that is spoken is marked and kept in sight. Runs inside a gr.HTML.
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

  class Reader {
    constructor(root) {
      this.root = root;
      this.audio = new Audio();
      this.audio.preload = "auto";
      for (const event of ["play", "pause", "ended"]) this.audio.addEventListener(event, () => this.changed());
      this.audio.addEventListener("error", () => this.audio.src && this.says("voice-failed"));
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
      this.generation += 1;
      this.stop = null;
      this.audio.pause();
      this.audio.removeAttribute("src");
      cancelAnimationFrame(this.frame);
      this.value = this.times = this.button = null;
      this.sentences = [];
      this.current = -1;
      this.waiting = false;
      this.root.replaceChildren();
    }

    says(key) {
      if (this.status) this.status.textContent = key ? this.value.words[key] : "";
    }

    changed() {
      if (!this.button) return;
      const playing = !this.audio.paused && !this.audio.ended;
      this.button.textContent = this.value.words[playing ? "pause" : "listen"];
      this.button.dataset.playing = String(playing);
      this.speeds.forEach((each, index) => each.setAttribute("aria-pressed", String(this.value.rates[index] === this.rate)));
      if (playing) this.follow();
      else if (this.audio.ended) this.mark(-1);
    }

    async toggle() {
      if (this.waiting) return;
      if (!this.audio.paused && !this.audio.ended) this.audio.pause();
      else if (this.times) this.start();
      else await this.load(0);
    }

    // The same sentence at another speed: the voice speaks slower, it is not stretched.
    async faster(rate) {
      this.rate = rate;
      const going = this.waiting || (!this.audio.paused && !this.audio.ended);
      const place = Math.max(0, this.current);
      this.audio.pause();
      this.times = null;
      this.changed();
      if (going) await this.load(place);
      else this.place = place;
    }

    async load(place) {
      const generation = ++this.generation;
      this.waiting = true;
      this.says("thinking");
      // Tablets allow sound only to what was begun within the touch: wake the element before waiting.
      this.audio.load();
      try {
        const response = await fetch(`${this.value.speech}&rate=${this.rate}`);
        if (generation !== this.generation) return;
        if (!response.ok) return this.says(response.status === 503 ? "busy-voice" : "voice-failed");
        const told = await response.json();
        if (generation !== this.generation) return;
        this.times = told.sentences;
        this.audio.src = told.audio;
        const start = this.place || place;
        this.place = 0;
        if (start && this.times[start]) this.audio.currentTime = this.times[start].start;
        this.says("");
        await this.start();
      } catch {
        if (generation === this.generation) this.says("voice-failed");
      } finally {
        if (generation === this.generation) this.waiting = false;
      }
    }

    async start() {
      try {
        await this.audio.play();
      } catch (error) {
        if (error.name !== "AbortError") this.says("voice-failed");
      }
    }

    jump(index) {
      this.audio.currentTime = this.times[index].start;
      this.mark(index);
      this.start();
    }

    follow() {
      cancelAnimationFrame(this.frame);
      const step = () => {
        if (!this.times || this.audio.paused) return;
        // Another tab of the page was chosen: nobody sees who speaks.
        if (!document.hidden && this.root.offsetParent === null) return this.audio.pause();
        const now = this.audio.currentTime;
        let index = this.times.findIndex((each) => now < each.end);
        if (index < 0) index = this.times.length - 1;
        this.mark(index);
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
