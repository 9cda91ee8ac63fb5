// The welcome of a kiosk stands for hours: what it shows of the venue is asked for again now and then.
(() => {
  const AGAIN = 30000; // milliseconds after which somebody at the desk may have changed the venue's name

  class Welcome {
    // onOld(): what is shown may be old.
    constructor(onOld) {
      setInterval(async () => {
        if (this.left() || document.hidden) return;
        // While the program cannot be reached the welcome stays as it is, without a message over it.
        const answer = await fetch("/v1/ready").catch(() => null);
        if (answer?.ok && !this.left()) onOld();
      }, AGAIN);
    }

    // Whether a visitor has come: then the title is in their language.
    left() {
      return Boolean(window.Interpreter.manners?.value?.inside);
    }

    show(title) {
      if (!this.left()) document.title = title;
    }
  }

  window.Interpreter.Welcome = Welcome;
})();
