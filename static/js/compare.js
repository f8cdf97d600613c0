/* Copies the comparison as it shows, tab-separated, so that it pastes into a spreadsheet as cells. */
(function () {
  "use strict";

  // What a spreadsheet would take for a formula is defused; plain numbers stay numbers.
  function safe(text) {
    const clean = text.replace(/\s+/g, " ").trim();
    return /^[=+\-@]/.test(clean) && Number.isNaN(Number(clean)) ? "'" + clean : clean;
  }

  // The words of a cell as read on screen, without what is only there for screen readers.
  function words(cell) {
    if (cell.dataset.plain !== undefined) return safe(cell.dataset.plain);
    const copy = cell.cloneNode(true);
    copy.querySelectorAll(".visually-hidden, svg").forEach(function (part) { part.remove(); });
    copy.querySelectorAll(".unit, .rk, .badge").forEach(function (part) { part.prepend(" "); });
    return safe(copy.textContent);
  }

  function asText(table) {
    return Array.from(table.rows, function (row) {
      return Array.from(row.cells).filter(function (cell) { return !cell.classList.contains("spread"); })
        .map(words).join("\t");
    }).join("\n");
  }

  function ready(root) {
    if (!navigator.clipboard) return;
    root.querySelectorAll("[data-copy-table]").forEach(function (button) { button.hidden = false; });
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-copy-table]");
    const table = button && document.getElementById(button.dataset.copyTable);
    if (!table) return;
    navigator.clipboard.writeText(asText(table)).then(
      function () { button.textContent = "Copied"; },
      function () { button.textContent = "The browser did not allow copying"; }
    );
  });
  // The table scrolls in a box of its own, which is drawn again: it stays where the reader was.
  let place = null;
  document.addEventListener("htmx:beforeSwap", function (event) {
    const box = event.detail.target.querySelector && event.detail.target.querySelector(".compare-scroll");
    place = box ? { top: box.scrollTop, left: box.scrollLeft } : null;
  });
  document.addEventListener("htmx:afterSwap", function () {
    const box = document.querySelector(".compare-scroll");
    if (box && place) box.scrollTo(Object.assign({ behavior: "instant" }, place));
    ready(document);
  });
  ready(document);
})();
