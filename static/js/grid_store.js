/* What the grid knows: of each row what the server holds, what was typed, what became of each cell; and the way
   to the server, one request after the other. Nothing counts as saved before the server said so. */
(function () {
  "use strict";

  const SETTLED = new Set(["wrong", "conflict"]);

  window.lpoGrid.store = function ({ url, batch, keys, changed, removed, told }) {
    const rows = new Map(); // ref -> { ref, pk, data, base, marks, sent }
    const undone = { back: [], forth: [] }; // steps: [{ ref, key, before, after }], with .added refs
    let isBusy = false, timer = 0, savedAt = "", trouble = "";

    function take(ref, row) {
      rows.set(ref, { ref, pk: row.id || null, data: row, base: Object.assign({}, row), marks: {}, sent: null });
    }
    const mark = (ref, key) => rows.get(ref).marks[key];
    const text = (ref, key) => rows.get(ref).data[key] || "";

    function set(row, key, value) {
      row.data[key] = value;
      if (value === (row.base[key] || "") && !row.sent) { delete row.marks[key]; } else { row.marks[key] = { state: "unsaved" }; }
      changed(row.ref, key);
    }

    // Several cells at once are one step of undo and one request. Gives how many differ from what was there.
    function put(changes, isStep = true) {
      const step = [];
      changes.forEach(({ ref, key, value }) => {
        const before = text(ref, key);
        if (before === value) { return; }
        step.push({ ref, key, before, after: value });
        set(rows.get(ref), key, value);
      });
      if (step.length && isStep) {
        step.added = new Set(step.filter(({ ref }) => !rows.get(ref).pk).map(({ ref }) => ref));
        undone.back.push(step);
        undone.forth.length = 0;
      }
      later();
      return step.length;
    }

    function turn(from, to, which) {
      const step = from.pop();
      if (!step) { return 0; }
      const there = step.filter(({ ref }) => rows.has(ref));
      if (which === "before") {
        step.added.forEach((ref) => { if (rows.has(ref)) { takeBack(rows.get(ref)); } });
      }
      put(there.filter(({ ref }) => which === "after" || !step.added.has(ref))
        .map((one) => ({ ref: one.ref, key: one.key, value: one[which] })), false);
      if (!step.added.size) { to.push(step); } // what was taken out again is not added a second time
      return step.length;
    }
    const undo = () => turn(undone.back, undone.forth, "before");
    const redo = () => turn(undone.forth, undone.back, "after");

    function takeBack(row) {
      if (!row.pk && row.sent) { row.isUnwanted = true; return; } // it is on its way: out again once it arrived
      if (!row.pk) { // it never reached the server
        keys.forEach((key) => { if (row.data[key]) { row.data[key] = ""; delete row.marks[key]; changed(row.ref, key); } });
        return;
      }
      row.isTakenBack = true;
    }

    function resolve(ref, key, isMine) {
      const row = rows.get(ref), mine = row.data[key], theirs = row.base[key] || "";
      if (isMine) {
        row.marks[key] = { state: "unsaved" };
        later();
      } else {
        row.data[key] = theirs;
        delete row.marks[key];
        undone.back.push(Object.assign([{ ref, key, before: mine, after: theirs }], { added: new Set() }));
      }
      changed(ref, key);
      tell();
    }

    function pending(row) {
      return keys.filter((key) => row.marks[key] && row.marks[key].state === "unsaved");
    }
    function ready() {
      return [...rows.values()].filter((row) => row.isTakenBack
        || (pending(row).length && (row.pk || (row.data.name || "").trim()))).slice(0, batch);
    }

    function asked(row) {
      row.sent = {};
      if (row.isTakenBack) {
        return { ref: row.ref, id: row.pk, back: true,
          cells: Object.fromEntries(keys.map((key) => [key, ["", row.base[key] || ""]])) };
      }
      const cells = {};
      const unsaved = row.pk ? pending(row) : keys.filter((key) => row.data[key] && row.marks[key]);
      unsaved.forEach((key) => {
        row.sent[key] = row.data[key] || "";
        cells[key] = [row.sent[key], row.base[key] || ""];
        row.marks[key] = { state: "saving" };
        changed(row.ref, key);
      });
      return { ref: row.ref, id: row.pk, cells };
    }

    function later() { tell(); window.clearTimeout(timer); timer = window.setTimeout(flush, 0); }

    async function flush() {
      if (isBusy) { return; }
      const going = ready();
      if (!going.length) { tell(); return; }
      isBusy = true;
      const question = going.map(asked);
      tell();
      try {
        const answer = await ask(question);
        trouble = "";
        savedAt = answer.at;
        answer.rows.forEach(heard);
      } catch (fault) {
        trouble = fault.sentence || "The server could not be reached. What you typed is still here.";
        going.forEach((row) => { giveBack(row); });
      }
      isBusy = false;
      tell();
      if (!trouble && ready().length) { flush(); }
    }

    // Each cell that was on its way goes back to unsaved, unless it was typed into meanwhile.
    function giveBack(row) {
      Object.keys(row.sent || {}).forEach((key) => {
        if (row.marks[key] && row.marks[key].state === "saving") { row.marks[key] = { state: "unsaved" }; changed(row.ref, key); }
      });
      row.sent = null;
    }

    async function ask(question) {
      let answer = await send(question);
      if (answer.status === 403 || answer.redirected) { // signed in again elsewhere: the page's token is old
        await renew();
        answer = await send(question);
      }
      if (answer.redirected) {
        throw Object.assign(new Error(), { sentence: "You are signed out. Sign in again in another tab, then save again: what you typed is still here." });
      }
      if (!answer.ok) {
        const isSentence = (answer.headers.get("Content-Type") || "").startsWith("text/plain");
        throw Object.assign(new Error(), { sentence: isSentence ? await answer.text() : "The server answered with an error (" + answer.status + "). What you typed is still here." });
      }
      return answer.json();
    }

    function send(question) {
      return fetch(url, { method: "POST", credentials: "same-origin",
        headers: { "X-CSRFToken": document.body.dataset.csrf || "", "HX-Request": "true" },
        body: new URLSearchParams({ changes: JSON.stringify(question) }) });
    }

    async function renew() {
      const page = await fetch(window.location.href, { credentials: "same-origin" });
      const token = new DOMParser().parseFromString(await page.text(), "text/html").body.dataset.csrf;
      if (token) { document.body.dataset.csrf = token; }
    }

    function heard(said) {
      const row = rows.get(said.ref), sent = row.sent;
      row.sent = null;
      if (row.isTakenBack) { return wentBack(row, said); }
      if (said.row) { row.pk = said.row.id; row.isTakenBack = Boolean(row.isUnwanted); }
      keys.forEach((key) => {
        const now = said.row ? said.row[key] : row.base[key], given = said.cells[key], old = row.marks[key];
        row.base[key] = now;
        if (old && old.state === "unsaved") { return; } // typed into again meanwhile
        if (said.fault && key in sent) {
          row.marks[key] = { state: "wrong", sentence: said.fault };
        } else if (given && given.state === "waits") {
          row.marks[key] = { state: "waits" };
        } else if (given && SETTLED.has(given.state)) {
          row.marks[key] = given;
        } else if (!old || !SETTLED.has(old.state)) {
          delete row.marks[key];
          row.data[key] = now || "";
        }
        changed(row.ref, key);
      });
      if (said.row) {
        ["code", "score", "outcome", "gates"].forEach((key) => { row.data[key] = said.row[key]; changed(row.ref, key); });
      }
      // A name that was missing came: the other cells of the new row can go now.
      if (row.pk) { keys.forEach((key) => { if (row.marks[key] && row.marks[key].state === "waits") { row.marks[key] = { state: "unsaved" }; } }); }
    }

    function wentBack(row, said) {
      row.isTakenBack = false;
      if (said.row || said.fault) { trouble = said.fault; return; }
      rows.delete(row.ref);
      removed(row.ref);
    }

    function open() {
      const found = [];
      rows.forEach((row) => keys.forEach((key) => {
        const one = row.marks[key];
        if (one) { found.push(Object.assign({ ref: row.ref, key, code: row.data.code, text: row.data[key] || "" }, one)); }
      }));
      return found;
    }
    function tell() {
      told({ open: open(), isBusy, savedAt, trouble, canUndo: undone.back.length > 0, canRedo: undone.forth.length > 0 });
    }

    return { take, text, mark, put, undo, redo, resolve, flush, open, isEmpty: (ref) => !rows.get(ref).pk && keys.every((key) => !rows.get(ref).data[key]) };
  };
})();
