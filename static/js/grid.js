/* Legal tasks as a spreadsheet. Tabulator draws the rows, keeps the range and moves it; here are the keys that a
   spreadsheet has beyond that, the clipboard, and what screen readers need (docs/adr/0014). */
(function () {
  "use strict";

  const host = document.getElementById("grid");
  if (!host || !window.Tabulator) { return; }
  const { written, read } = window.lpoGrid;
  const given = JSON.parse(document.getElementById("grid-data").textContent);
  const COLUMNS = [
    { field: "name", title: "Task", width: 260 },
    { field: "practice_area", title: "Practice area", width: 150 },
    { field: "annual_volume", title: "Volume a year", width: 108, cssClass: "num" },
    { field: "unit", title: "Unit", width: 110 },
    { field: "hours_per_unit", title: "Hours per unit", width: 108, cssClass: "num" },
    { field: "turnaround_days", title: "Turnaround, days", width: 108, cssClass: "num" },
    { field: "practice_of_law", title: "Who may do the work", width: 190 },
    { field: "staffing_mix", title: "Who does it", width: 210 },
    { field: "note", title: "Note", width: 200 },
    { field: "gates", title: "Gates", width: 110, isFixed: true },
    { field: "score", title: "Score", width: 92, isFixed: true, cssClass: "num" },
    { field: "outcome", title: "Outcome", width: 230, isFixed: true },
  ];
  const KEYS = COLUMNS.filter((column) => !column.isFixed).map((column) => column.field);
  const lists = { practice_of_law: "grid-classes" };
  let table = null, made = 0, focused = null, isReleased = false;
  let isHere = false; // the focus is in the grid, though the row that had it may have been scrolled away

  const store = window.lpoGrid.store({
    url: host.dataset.save, batch: given.batch, keys: KEYS, changed: drawn,
    removed: (ref) => whenIdle(() => table.deleteRow(ref)), told: (state) => window.lpoGrid.panel(state, { store, goTo }),
  });
  const { editor, begin } = window.lpoGrid.editor({
    lists, leave, ended: () => waiting.splice(0).forEach((work) => work()),
    commit: (cell, typed) => { store.put([{ ref: cell.getData().ref, key: cell.getField(), value: typed }]); blank(); },
  });

  // Rows ------------------------------------------------------------------------------------------------
  function taken(row) {
    row.ref = row.id ? String(row.id) : "new-" + (made += 1);
    store.take(row.ref, row);
    return row;
  }
  function blank() { // a row to type into stands at the end, always
    const last = table.getRows().at(-1);
    if (last && store.isEmpty(last.getData().ref)) { return; }
    table.addRow(taken({}), false);
  }
  // Adding and removing rows draws all of them again; somebody who types must not lose the field.
  const waiting = [];
  function whenIdle(work) { if (table.modules.edit.currentCell) { waiting.push(work); } else { work(); } }
  const cells = new Map(); // ref -> row component: finding one by its index walks through all
  function rowOf(ref) {
    if (!cells.has(ref)) { cells.set(ref, table.getRow(ref)); }
    return cells.get(ref);
  }
  function drawn(ref, key) {
    if (!table) { return; }
    const cell = rowOf(ref).getCell(key);
    if (table.modules.edit.currentCell && table.modules.edit.currentCell === cell._getSelf()) { return; }
    const had = cell.getElement().querySelector(".fault, .theirs");
    cell.setValue(store.text(ref, key), false);
    const has = cell.getElement().querySelector(".fault, .theirs");
    if (had || has) { rowOf(ref).normalizeHeight(); }
  }

  // Cells -----------------------------------------------------------------------------------------------
  function piece(css, text) {
    const made = document.createElement("span");
    made.className = css;
    made.textContent = text;
    return made;
  }
  const WORDS = { unsaved: "not saved", saving: "being saved", waits: "waits for the task’s name" };
  function formatted(cell) {
    const element = cell.getElement(), key = cell.getField(), ref = cell.getData().ref;
    const mark = KEYS.includes(key) ? store.mark(ref, key) : null;
    const box = piece("grid-text", cell.getValue() || "");
    element.tabIndex = element === focused ? 0 : -1;
    element.dataset.state = mark ? mark.state : "";
    element.toggleAttribute("aria-invalid", Boolean(mark && mark.sentence));
    if (!KEYS.includes(key)) { element.setAttribute("aria-readonly", "true"); }
    if (key === "code") { return heading(cell, box); }
    if (!mark) { return box; }
    const whole = document.createElement("span");
    whole.append(box);
    if (mark.sentence) { whole.append(piece("fault", mark.sentence)); }
    if (mark.state === "conflict") { whole.append(piece("theirs", window.lpoGrid.theirs(mark))); }
    if (WORDS[mark.state]) { whole.append(piece("visually-hidden", " (" + WORDS[mark.state] + ")")); }
    return whole;
  }
  function heading(cell, box) {
    cell.getElement().setAttribute("role", "rowheader");
    if (!cell.getValue()) { box.textContent = "new"; return box; }
    const link = document.createElement("a");
    link.href = host.dataset.task.replace("/0/", "/" + cell.getData().id + "/");
    link.tabIndex = -1;
    link.textContent = cell.getValue();
    return link;
  }

  // The range -------------------------------------------------------------------------------------------
  const range = () => table.getRanges()[0];
  const place = () => table.modules.selectRange.activeRange.start; // { row, col }, the heads of rows counted
  const columns = () => table.getColumns();
  function cellAt(row, col) { return table.getRows()[row].getCells()[col]; }
  function moveTo(row, col) {
    const rows = table.getRows();
    const cell = cellAt(Math.max(0, Math.min(row, rows.length - 1)), Math.max(1, Math.min(col, columns().length - 1)));
    range().setBounds(cell, cell);
    const seen = () => { table.modules.selectRange.autoScroll(table.modules.selectRange.activeRange); focusActive(); };
    if (cell.getRow().getElement().isConnected) { seen(); } else { cell.getRow().scrollTo("center", false).then(seen, seen); }
  }
  function goTo(ref, key) {
    host.scrollIntoView({ block: "nearest" });
    isHere = true;
    moveTo(table.getRows().findIndex((row) => row.getData().ref === ref), columns().findIndex((one) => one.getField() === key));
  }
  function focusActive() {
    const active = table.modules.selectRange.getActiveCell();
    if (!active || !active.getElement().isConnected) { return; }
    if (focused && focused !== active.getElement()) { focused.tabIndex = -1; }
    focused = active.getElement();
    focused.tabIndex = 0;
    if (isHere && !table.modules.edit.currentCell) { focused.focus({ preventScroll: true }); }
  }
  function leave(cell, how) {
    const { row, col } = place();
    if (how === "stay") { focusActive(); } else if (how === "next" || how === "back") { step(how === "next" ? 1 : -1); } else {
      const by = { up: [-1, 0], down: [1, 0], left: [0, -1], right: [0, 1] }[how];
      moveTo(row + by[0], col + by[1]);
    }
  }
  // Tab goes through the cells to type into, row after row. Gives false at either end of the grid.
  function step(by) {
    let { row, col } = place();
    const last = KEYS.length, rows = table.getRows().length;
    col += by;
    if (col > last) { row += 1; col = 1; }
    if (col < 1) { row -= 1; col = last; }
    if (row < 0 || row >= rows) { focusActive(); return false; }
    moveTo(row, col);
    return true;
  }
  function chosen() { // the rows and columns of the range, as refs and keys
    const one = range(), fields = columns().map((column) => column.getField());
    return { top: one.getTopEdge(), left: one.getLeftEdge(),
      refs: table.getRows().slice(one.getTopEdge(), one.getBottomEdge() + 1).map((row) => row.getData().ref),
      keys: fields.slice(one.getLeftEdge(), one.getRightEdge() + 1) };
  }
  const isEdited = (key) => KEYS.includes(key);
  function fillDown() {
    const { top, refs, keys } = chosen();
    const from = refs.length > 1 ? refs[0] : top > 0 && table.getRows()[top - 1].getData().ref;
    if (!from) { return; }
    store.put(refs.filter((ref) => ref !== from)
      .flatMap((ref) => keys.filter(isEdited).map((key) => ({ ref, key, value: store.text(from, key) }))));
  }
  function clear() {
    const { refs, keys } = chosen();
    store.put(refs.flatMap((ref) => keys.filter(isEdited).map((key) => ({ ref, key, value: "" }))));
  }

  // Keys ------------------------------------------------------------------------------------------------
  const WITH_CTRL = {
    d: fillDown, z: (event) => (event.shiftKey ? store.redo() : store.undo()), y: () => store.redo(),
    a: () => range().setBounds(cellAt(0, 1), cellAt(table.getRows().length - 1, KEYS.length)),
    Home: () => moveTo(0, 1), End: () => moveTo(table.getRows().length - 1, KEYS.length),
  };
  const ALONE = {
    Enter: () => type(null), F2: () => type(null), Delete: clear, Backspace: clear,
    Home: () => moveTo(place().row, 1), End: () => moveTo(place().row, KEYS.length),
    PageUp: () => moveTo(place().row - 15, place().col), PageDown: () => moveTo(place().row + 15, place().col),
  };
  function type(typed) {
    const active = cellAt(place().row, place().col);
    const mark = isEdited(active.getField()) && store.mark(active.getData().ref, active.getField());
    if (mark && mark.state === "conflict" && typed === null) { document.querySelector("#grid-problems [data-keep]").focus(); return; }
    if (isEdited(active.getField())) { begin(active, typed); }
  }
  function pressed(event) {
    if (table.modules.edit.currentCell || event.altKey || event.defaultPrevented) { return; }
    if (event.key === "Escape") { isReleased = true; return; }
    if (event.key === "Tab") {
      if (isReleased) { event.stopPropagation(); return; } // after Escape, Tab leaves the grid
      if (step(event.shiftKey ? -1 : 1)) { event.preventDefault(); }
      event.stopPropagation();
      return;
    }
    if (!["Shift", "Control", "Meta"].includes(event.key)) { isReleased = false; }
    const hasCtrl = event.ctrlKey || event.metaKey;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = hasCtrl ? WITH_CTRL[name] : ALONE[event.key];
    if (act) { act(event); } else if (!hasCtrl && event.key.length === 1) { type(event.key); } else { return; }
    event.preventDefault();
    event.stopPropagation();
  }
  function hasFocus() { return host.contains(document.activeElement) && !table.modules.edit.currentCell; }
  function copied(event) {
    if (!hasFocus()) { return; }
    const { refs, keys } = chosen();
    event.clipboardData.setData("text/plain", written(refs.map((ref) => keys.map((key) => rowOf(ref).getData()[key] || ""))));
    event.preventDefault();
    if (event.type === "cut") { clear(); }
  }
  async function pasted(event) {
    if (!hasFocus()) { return; }
    event.preventDefault();
    const block = read(event.clipboardData.getData("text/plain"));
    const { top, left, refs, keys } = chosen(), fields = columns().map((column) => column.getField());
    const isOne = block.length === 1 && block[0].length === 1; // one value fills the whole range
    const height = isOne ? refs.length : block.length, width = isOne ? keys.length : Math.max(...block.map((row) => row.length));
    const missing = top + height - table.getRows().length;
    if (missing > 0) { await table.addData(Array.from({ length: missing }, () => taken({})), false); }
    const rows = table.getRows().slice(top, top + height), changes = [];
    rows.forEach((row, down) => fields.slice(left, left + width).forEach((key, right) => {
      const value = isOne ? block[0][0] : block[down][right];
      if (isEdited(key) && value !== undefined) { changes.push({ ref: row.getData().ref, key, value }); }
    }));
    store.put(changes);
    blank();
    range().setBounds(rows[0].getCells()[left], rows.at(-1).getCells()[Math.min(left + width, fields.length) - 1]);
  }

  // Start -----------------------------------------------------------------------------------------------
  table = new window.Tabulator(host, {
    data: given.rows.concat({}).map(taken), index: "ref", height: host.dataset.height, layout: "fitData",
    selectableRange: 1, selectableRangeRows: true, selectableRangeAutoFocus: false, editTriggerEvent: "dblclick",
    keybindings: { navPrev: false, navNext: false, undo: false, redo: false, copyToClipboard: false },
    columnDefaults: { headerSort: false, formatter: formatted, minWidth: 60 },
    rowHeader: { field: "code", title: "Code", width: 72, frozen: true, resizable: false, formatter: formatted },
    columns: COLUMNS.map(({ isFixed, ...column }) => (isFixed ? column : Object.assign({ editor }, column))),
  });
  table.on("tableBuilt", () => {
    const holder = host.querySelector(".tabulator-tableholder");
    host.querySelector(".tabulator-header").setAttribute("role", "rowgroup");
    host.querySelector(".tabulator-header-contents").setAttribute("role", "none");
    host.querySelector(".tabulator-header").removeAttribute("tabindex");
    host.querySelector(".tabulator-table").setAttribute("role", "none");
    holder.setAttribute("role", "rowgroup");
    holder.tabIndex = -1;
    holder.addEventListener("focus", focusActive); // the library gives it the focus; a cell says more
    document.addEventListener("focusin", (event) => { isHere = host.contains(event.target); if (!isHere) { isReleased = false; } });
    document.addEventListener("pointerdown", (event) => { isHere = host.contains(event.target); });
    host.addEventListener("keydown", pressed, true);
    document.addEventListener("copy", copied);
    document.addEventListener("cut", copied);
    document.addEventListener("paste", pasted);
    focusActive();
    host.dataset.ready = "1";
  });
  table.on("cellDblTap", (event, cell) => { if (isEdited(cell.getField())) { begin(cell, null); } });
  ["renderComplete", "rowAdded", "rowDeleted"].forEach((name) => table.on(name, () => { focusActive(); window.requestAnimationFrame(focusActive); }));
  table.on("rangeChanged", () => window.requestAnimationFrame(focusActive));
  // A row that was scrolled away took the focus with it; keys must not fall into nothing.
  table.on("scrollVertical", () => { if (isHere && document.activeElement === document.body) { host.querySelector(".tabulator-tableholder").focus({ preventScroll: true }); } });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-grid-undo]")) { store.undo(); }
    if (event.target.closest("[data-grid-redo]")) { store.redo(); }
    if (event.target.closest("[data-grid-again]")) { store.flush(); }
  });
  window.addEventListener("beforeunload", (event) => { if (store.open().length) { event.preventDefault(); } });
})();
