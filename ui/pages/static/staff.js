// Gradio's own components at the desk: names in the desk's language where they have English ones or none.
(() => {
  class Names {
    // words: {search, show-large, close, staff-cell-menu, staff-choose-file, staff-done, staff-not-done}
    constructor(words) {
      this.words = words;
      this.mend();
      new MutationObserver(() => this.mend()).observe(document.body, { childList: true, characterData: true, subtree: true });
    }

    name(selector, name) {
      for (const each of document.querySelectorAll(selector)) {
        if (each.getAttribute("aria-label") === name) continue;
        each.setAttribute("aria-label", name);
        if (each.hasAttribute("title")) each.title = name;
        if (each.hasAttribute("placeholder")) each.placeholder = name;
      }
    }

    // Other words for the first text of an element; the elements in it and the number of messages stay.
    say(place, words) {
      const walk = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walk.nextNode()) if (/\p{L}/u.test(walk.currentNode.data)) texts.push(walk.currentNode);
      texts.forEach((text, index) => {
        const said = index ? "" : `${words} `;
        if (text.data !== said) text.data = said;
      });
    }

    mend() {
      const { words } = this;
      this.name("#staff .search-input", words.search);
      this.name('#staff [aria-label="Fullscreen"], #staff [aria-label="Exit Fullscreen"]', words["show-large"]);
      this.name('#staff [aria-label="Open cell menu"]', words["staff-cell-menu"]);
      this.name('.toast-body [aria-label="Close"]', words.close);
      this.name('#staff [aria-label="File upload"], #staff [aria-label="Click to upload or drop files"]',
        words["staff-choose-file"]);
      for (const place of document.querySelectorAll("#staff-pack button .wrap")) this.say(place, words["staff-choose-file"]);
      // Gradio shows its word for the kind of a message instead of the title that it was given.
      for (const title of document.querySelectorAll(".toast-title:is(.error, .warning)")) this.say(title, words["staff-not-done"]);
      for (const title of document.querySelectorAll(".toast-title:is(.info, .success)")) this.say(title, words["staff-done"]);
      // A label on what has no role is none: the lock over a column is decoration, the hint above the table says it.
      for (const lock of document.querySelectorAll('#staff [aria-label="Static column"]')) {
        lock.removeAttribute("aria-label");
        lock.setAttribute("aria-hidden", "true");
      }
      for (const bar of document.querySelectorAll('#staff [role="toolbar"][aria-label="Table actions"]')) {
        bar.setAttribute("aria-label", bar.closest(".block")?.querySelector(".label")?.textContent.trim() || words.search);
      }
    }
  }

  window.Interpreter = Object.assign(window.Interpreter || {}, { Names });
})();
