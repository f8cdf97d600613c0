/* Beside the grid: whether everything is saved, and the cells that need somebody. */
(function () {
  "use strict";

  const NAMES = {};
  function line() { return document.getElementById("grid-state"); }

  window.lpoGrid.theirs = function (mark) {
    const who = mark.by || "Somebody", when = mark.at ? " at " + mark.at : "";
    return who + " wrote “" + (mark.theirs || "nothing") + "”" + when;
  };

  function said({ open, isBusy, savedAt, trouble }) {
    const count = (...states) => open.filter((one) => states.includes(one.state)).length;
    const cells = (number) => number + (number === 1 ? " cell" : " cells");
    if (trouble) { return trouble + " " + cells(open.length) + " not saved."; }
    if (isBusy) { return "Saving " + cells(count("saving")) + "…"; }
    const needs = count("wrong", "conflict"), waits = count("waits", "unsaved");
    const rest = [needs && cells(needs) + (needs === 1 ? " needs" : " need") + " you, see below",
      waits && cells(waits) + " of a new row: give the task a name first"].filter(Boolean);
    return (savedAt ? "Saved " + savedAt : "") + (rest.length ? (savedAt ? "; " : "") + rest.join("; ") : "");
  }

  function button(text, data) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-sm";
    made.textContent = text;
    Object.assign(made.dataset, data);
    return made;
  }

  function problem(one) {
    const item = document.createElement("li"), words = document.createElement("span");
    const where = (one.code || "New row") + ", " + (NAMES[one.key] || one.key) + ": ";
    const data = { ref: one.ref, key: one.key };
    words.textContent = one.state === "conflict"
      ? where + "you wrote “" + (one.text || "nothing") + "”. " + window.lpoGrid.theirs(one) + "."
      : where + "“" + one.text + "”. " + one.sentence;
    item.append(words);
    if (one.state === "conflict") {
      item.append(button("Keep mine", Object.assign({ keep: "mine" }, data)), button("Take theirs", Object.assign({ keep: "theirs" }, data)));
    }
    item.append(button("Go to the cell", Object.assign({ go: "1" }, data)));
    return item;
  }

  let shown = "", hands = null;
  window.lpoGrid.panel = function (state, given) {
    hands = given;
    const text = said(state), box = document.getElementById("grid-problems");
    if (line().textContent !== text) { line().textContent = text; }
    line().classList.toggle("is-bad", Boolean(state.trouble));
    document.querySelector("[data-grid-undo]").disabled = !state.canUndo;
    document.querySelector("[data-grid-redo]").disabled = !state.canRedo;
    document.querySelector("[data-grid-again]").hidden = !state.trouble;
    const problems = state.open.filter((one) => one.state === "wrong" || one.state === "conflict");
    const now = JSON.stringify(problems);
    if (now === shown) { return; }
    shown = now;
    box.hidden = !problems.length;
    box.querySelector("ul").replaceChildren(...problems.slice(0, 50).map(problem));
  };

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("#grid-problems button");
    if (!pressed) { return; }
    const { ref, key, keep } = pressed.dataset;
    hands.goTo(ref, key);
    if (keep) { hands.store.resolve(ref, key, keep === "mine"); }
  });
  document.querySelectorAll("[data-grid-name]").forEach((one) => { NAMES[one.dataset.gridName] = one.textContent; });
})();
