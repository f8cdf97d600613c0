/* The field inside a cell. Typing over a cell leaves it with any arrow; F2 and Enter go into the text, where arrows
   move the caret. What was typed is handed on; the library never keeps a value of its own. */
(function () {
  "use strict";

  window.lpoGrid.editor = function ({ lists, commit, leave, ended }) {
    let start = null; // what was typed to begin with; null: go into the text as it is
    const begin = (cell, typed) => { start = typed; cell.edit(true); };

    function field(cell) {
      const key = cell.getField(), made = document.createElement(key === "note" ? "textarea" : "input");
      made.className = "grid-field";
      made.autocomplete = "off";
      made.setAttribute("aria-label", cell.getColumn().getDefinition().title);
      if (lists[key]) { made.setAttribute("list", lists[key]); }
      return made;
    }

    function editor(cell, onRendered, success, cancel) {
      const input = field(cell), isTypedOver = start !== null;
      let isDone = false;
      input.value = isTypedOver ? start : cell.getValue() || "";
      start = null;
      onRendered(() => { input.focus({ preventScroll: true }); input.setSelectionRange(input.value.length, input.value.length); });

      function end(isKept, how) {
        if (isDone) { return; }
        isDone = true;
        const typed = input.value;
        cancel();
        if (isKept) { commit(cell, typed); }
        if (how) { leave(cell, how); }
        ended();
      }
      input.addEventListener("blur", () => end(true, null));
      input.addEventListener("keydown", (event) => {
        event.stopPropagation();
        if (event.isComposing) { return; }
        const how = wayOut(event, isTypedOver, Boolean(lists[cell.getField()]));
        if (!how) { return; }
        event.preventDefault();
        end(how !== "stay", how);
      });
      return input;
    }

    return { editor, begin };
  };

  const ARROWS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };
  function wayOut(event, isTypedOver, hasList) {
    if (event.key === "Escape") { return "stay"; }
    if (event.key === "Enter") { return event.altKey ? "" : event.shiftKey ? "up" : "down"; }
    if (event.key === "Tab") { return event.shiftKey ? "back" : "next"; }
    const arrow = ARROWS[event.key];
    const isForTheList = hasList && (arrow === "up" || arrow === "down");
    return arrow && isTypedOver && !isForTheList && !event.shiftKey ? arrow : "";
  }
})();
