// Manners of a kiosk: what belongs to no page of its own. Runs inside a gr.HTML component of the bar.
(() => {
  const { element, fill } = window.Interpreter;
  const COUNTDOWN = 15; // seconds in which somebody can still say that they are there
  const SIGNS = ["pointerdown", "pointermove", "keydown", "input", "wheel", "touchmove", "timeupdate", "alive"];
  // Signs of a visitor: touch, keys, sound that is playing, and speech (the talk page tells of that as "alive").

  class Manners {
    constructor(root) {
      this.silent = false;
      this.seen = performance.now();
      this.switches = {
        "high-contrast": ["◐", (on) => document.documentElement.classList.toggle("contrast", on)],
        "larger-text": ["A+", (on) => document.documentElement.classList.toggle("larger", on)],
        sound: ["♪", (on) => { this.silent = !on; window.Interpreter.talk?.sound(on); }],
      };
      this.buttons = new Map(Object.entries(this.switches).map(([key, [sign]]) => [key,
        element("button", { type: "button", class: `plain-button switch ${key}`, "aria-pressed": "false",
          onclick: () => this.turn(key, this.buttons.get(key).getAttribute("aria-pressed") !== "true") },
        element("span", { class: "sign", "aria-hidden": "true" }, sign), element("span", { class: "name" }))]));
      root.replaceChildren(...this.buttons.values());
      this.kept = element("p", { class: "kept", role: "note", hidden: true });
      root.closest("#bar").after(this.kept);
      this.count = element("p", { role: "timer" });
      this.question = element("h2", {});
      this.here = element("button", { type: "button", class: "plain-button primary" });
      this.dialog = element("dialog", { class: "still-there" }, this.question, this.count, this.here);
      document.body.append(this.dialog);
      // While the question stands it is answered by a click, or a touch would go through to what lies under it.
      const seen = (event) => (event.type === "alive" || !this.dialog.open) && this.touch();
      for (const sign of SIGNS) document.addEventListener(sign, seen, { capture: true, passive: true });
      this.dialog.addEventListener("click", () => this.touch());
      this.dialog.addEventListener("close", () => { this.seen = performance.now(); });
      setInterval(() => this.look(), 250);
    }

    // value: {inside, tag, title, idle (seconds; 0: never), words, kept (what is said about notes that are kept)}
    show(value) {
      this.value = value;
      document.documentElement.lang = value.tag || "";
      if (value.title) document.title = value.title;
      this.kept.hidden = !value.kept;
      this.kept.textContent = value.kept || "";
      if (value.words) {
        for (const [key, button] of this.buttons) {
          button.querySelector(".name").textContent = value.words[key];
          button.setAttribute("aria-label", value.words[key]);
        }
        this.question.textContent = value.words["still-there"];
        this.here.textContent = value.words["i-am-here"];
      }
      this.turn("high-contrast", false);
      this.turn("larger-text", false);
      // A phone among other people stays quiet until somebody wants to hear it.
      this.turn("sound", !window.matchMedia("(max-width: 600px)").matches);
      this.touch();
      window.scrollTo(0, 0);
    }

    turn(key, on) {
      this.buttons.get(key).setAttribute("aria-pressed", String(on));
      this.switches[key][1](on);
    }

    touch() {
      this.seen = performance.now();
      if (this.dialog.open) this.dialog.close();
    }

    look() {
      const { inside, idle, words } = this.value || {};
      if (!inside || !idle) return;
      const { talk, tour } = window.Interpreter;
      if (talk?.voice.speaking || tour?.inProgress) this.touch();
      const countdown = Math.min(COUNTDOWN, idle);
      const left = idle + countdown - (performance.now() - this.seen) / 1000;
      if (left > countdown) return;
      if (left <= 0) this.leave();
      else {
        this.count.textContent = fill(words["starts-again"], { seconds: Math.ceil(left) });
        if (!this.dialog.open) this.dialog.showModal();
      }
    }

    // Nobody answered: the visit is over. What is on the screen goes even when the program cannot be reached.
    leave() {
      this.touch();
      window.Interpreter.talk?.close();
      window.Interpreter.tour?.close();
      document.querySelector("#home").click();
      const { value } = this;
      setTimeout(async () => {
        if (this.value !== value) return;
        const answer = await fetch("/v1/ready").catch(() => null);
        if (answer?.ok && this.value === value) location.reload();
      }, 5000);
    }
  }

  window.Interpreter.Manners = Manners;
})();
