/* The ranking page: sliders that keep the sum at 100, one announcement per new leader, tables that open.
   Numbers are never calculated, rounded or formatted here: the server sends the text of every field. */
(function () {
  "use strict";

  var form = document.querySelector("form[data-weights]");
  if (!form) return;
  var slide = form.elements.namedItem("slide");
  var before = null; // exact weights when a slider was taken, so that a long drag never drifts

  function fields() { return Array.from(form.querySelectorAll("input[name^='w-']")); }
  function field(code) { return form.elements.namedItem("w-" + code); }
  function exact(input) {
    return input.value === input.dataset.shown ? input.dataset.exact : input.value;
  }
  function take() {
    if (before) return;
    before = {};
    fields().forEach(function (input) { before[input.name] = exact(input); });
  }

  form.addEventListener("input", function (event) {
    var code = event.target.dataset.slide;
    slide.value = code || "";
    if (code) {
      take();
      field(code).value = event.target.value;
    } else {
      before = null;
    }
  });
  form.addEventListener("focusout", function (event) {
    if (event.target.dataset.slide) before = null;
  });

  // Send the exact weights, not their rounded text, for every field that nobody has touched.
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.detail.elt !== form) return;
    fields().forEach(function (input) {
      var moves = slide.value && input.name === "w-" + slide.value;
      event.detail.parameters[input.name] = moves ? input.value : before ? before[input.name] : exact(input);
    });
  });

  function fill() {
    var block = document.getElementById("weights-state");
    if (!block) return;
    var state = JSON.parse(block.textContent);
    Object.keys(state).forEach(function (code) {
      var input = field(code);
      var range = form.querySelector("[data-slide='" + code + "']");
      if (input && input !== document.activeElement) input.value = state[code].shown;
      if (input) {
        input.dataset.shown = input.value;
        input.dataset.exact = state[code].exact;
        input.removeAttribute("aria-invalid");
      }
      if (range && range !== document.activeElement) range.value = state[code].share;
    });
  }

  var announce = document.getElementById("ranking-announce");
  function leader() {
    var result = document.querySelector(".ranking-result");
    return result ? result.dataset.first : "";
  }
  var last = leader();
  function say(text) {
    if (announce && text !== last) announce.textContent = text;
    last = text;
  }

  // Sub-criteria of the score table fold away; what a reader opened stays open after a re-ranking.
  var open = new Set();
  function fold() {
    document.querySelectorAll("[data-toggle]").forEach(function (button) {
      var id = button.dataset.toggle;
      button.setAttribute("aria-expanded", String(open.has(id)));
      document.getElementById(id).hidden = !open.has(id);
    });
  }
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-toggle]");
    if (button) {
      var id = button.dataset.toggle;
      if (!open.delete(id)) open.add(id);
      fold();
    }
    var copy = event.target.closest("[data-copy-link]");
    if (copy) {
      navigator.clipboard.writeText(window.location.href).then(function () {
        copy.textContent = copy.dataset.copied;
        if (announce) announce.textContent = copy.dataset.copied;
      }, function () { copy.textContent = window.location.href; });
    }
  });

  document.addEventListener("htmx:afterSettle", function (event) {
    var target = event.detail.target;
    if (!target || target.id !== "ranking-body") return;
    fill();
    fold();
    say(leader());
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (event.detail.elt !== form) return;
    fields().forEach(function (input) {
      var fault = document.getElementById("e-" + input.name.slice(2));
      if (fault && fault.textContent) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    });
  });
  // The history holds addresses, not copies of pages: going back asks the server again.
  window.addEventListener("popstate", function () { window.location.reload(); });

  // What was typed before the scripts had loaded counts as well.
  window.addEventListener("load", function () {
    var isTyped = fields().some(function (input) { return input.value !== input.defaultValue; });
    if (isTyped) form.requestSubmit();
  });

  fold();
})();
