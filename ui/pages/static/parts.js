// Small things that several pages make.
(() => {
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value !== false && value != null) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child != null));
    return made;
  };

  const fill = (text, slots = {}) => text.replace(/\{(\w+)\}/g, (_, name) => slots[name] ?? "");

  // Keep a box as high as the window has room below its top, whatever stands above it; phones scroll instead.
  const fit = (box) => {
    const measure = () => {
      if (box.offsetParent) box.style.setProperty("--top", `${box.getBoundingClientRect().top + window.scrollY}px`);
    };
    new IntersectionObserver(measure).observe(box);
    new ResizeObserver(measure).observe(document.body);
    window.addEventListener("resize", measure);
  };

  // The key of the words that say where a translation comes from; empty for what was not translated.
  const origin = ({ kind, status }) =>
    kind === "same" ? "" : kind === "phrasebook" ? (status === "approved" ? "approved" : "from-phrasebook") : "by-machine";

  window.Interpreter = Object.assign(window.Interpreter || {}, { element, fill, fit, origin });
})();
