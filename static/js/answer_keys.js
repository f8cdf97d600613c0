/* Answering by keyboard: 1 to 5 and 0 or ? while the focus is on the levels of a factor, so that no key of a
   screen reader or of the browser is taken anywhere else. An answer goes on to the next factor without one;
   the saving of each is the form's own. */
(function () {
  "use strict";

  const UNKNOWN = "unknown";

  function scales(within) {
    return [...within.querySelectorAll("fieldset.scale:not([disabled])")];
  }
  function focusOn(scale) {
    const radio = scale.querySelector("input:checked") || scale.querySelector("input");
    radio.focus();
    scale.scrollIntoView({ block: "nearest" });
  }
  const isOpen = (scale) => !scale.querySelector("input:checked");

  // The next factor in reading order that has no answer yet; around the end, so that one that was left is found.
  function nextOpen(box, scale) {
    const all = scales(box), place = all.indexOf(scale);
    return [...all.slice(place + 1), ...all.slice(0, place)].find(isOpen);
  }
  function goOn(box, scale) {
    const all = scales(box), next = nextOpen(box, scale) || all[all.indexOf(scale) + 1];
    if (next) { focusOn(next); }
  }
  function choose(scale, value) {
    const radio = scale.querySelector("input[value='" + value + "']");
    if (!radio) { return; }
    if (!radio.checked) {
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
    radio.focus(); // where nothing follows, the focus is on the answer
    goOn(scale.closest(".editor-box"), scale);
  }
  function confirmAll(box) {
    const button = box.querySelector("[data-confirm-all]");
    if (button) { button.click(); }
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) { return; }
    const scale = event.target.closest && event.target.closest("fieldset.scale");
    const box = scale && scale.closest(".editor-box");
    if (!box || scale.disabled) { return; }
    const works = {
      "?": () => choose(scale, UNKNOWN), "0": () => choose(scale, UNKNOWN),
      "Enter": () => goOn(box, scale), "c": () => confirmAll(box), "C": () => confirmAll(box),
    };
    const work = /^[1-5]$/.test(event.key) ? () => choose(scale, event.key) : works[event.key];
    if (!work) { return; }
    event.preventDefault();
    work();
  });

  // The button that confirms everything leaves with its line; whoever used it goes on at the levels.
  let confirmed = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const button = event.target.closest && event.target.closest("[data-confirm-all]");
    confirmed = button && document.activeElement === button ? button.closest(".editor-box").id : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const box = confirmed && document.getElementById(confirmed);
    confirmed = null;
    if (!box || document.activeElement !== document.body) { return; }
    const first = scales(box)[0];
    if (first) { focusOn(scales(box).find(isOpen) || first); }
  });
})();
