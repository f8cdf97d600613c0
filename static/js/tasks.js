/* The task table: a row opens its editor in place. Without this file the link opens the page of the task, which
   has the same editor. */
(function () {
  "use strict";

  function linkOf(editor) {
    return document.getElementById(editor.id.replace("editor-row-", "open-"));
  }

  function mark(link, isOpen) {
    if (!link) { return; }
    link.setAttribute("aria-expanded", String(isOpen));
    link.closest("tr").classList.toggle("expanded", isOpen);
  }

  function shut(editor) {
    const link = linkOf(editor);
    mark(link, false);
    editor.remove();
    return link;
  }

  function shutAll() {
    document.querySelectorAll("tr.editor").forEach(shut);
  }

  async function open(link) {
    shutAll();
    mark(link, true);
    try {
      await window.htmx.ajax("GET", link.dataset.editor, { source: link, target: link.closest("tr"), swap: "afterend" });
    } finally {
      if (!document.getElementById(link.id.replace("open-", "editor-row-"))) { mark(link, false); }
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-editor]");
    if (!link || !window.htmx || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) { return; }
    event.preventDefault();
    if (link.getAttribute("aria-expanded") === "true") { shutAll(); } else { open(link); }
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-next]");
    if (!button) { return; }
    const editor = button.closest("tr.editor");
    const next = editor.nextElementSibling && editor.nextElementSibling.querySelector("a[data-editor]");
    const link = shut(editor);
    (next || link).focus();
    if (next) { open(next); }
  });

  // A menu opens by itself; Escape, a click elsewhere or going on shuts it again.
  function shutMenus(but) {
    document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
      if (!but || !menu.contains(but)) { menu.open = false; }
    });
  }
  document.addEventListener("click", (event) => shutMenus(event.target));
  document.addEventListener("focusin", (event) => shutMenus(event.target));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details[data-menu][open]");
    if (!menu) { return; }
    const wasInside = menu.contains(document.activeElement);
    menu.open = false;
    if (wasInside) { menu.querySelector("summary").focus(); }
    event.preventDefault();
  });

  // Escape leaves the editor; the row keeps the focus.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) { return; }
    const editor = event.target.closest && event.target.closest("tr.editor");
    if (!editor) { return; }
    const link = shut(editor);
    if (link) { link.focus(); }
  });

  // On the first and the last page a button of the pages is gone: the focus goes to its neighbour.
  document.addEventListener("htmx:afterSettle", (event) => {
    const asked = event.detail.requestConfig && event.detail.requestConfig.elt;
    if (!asked || !asked.id.startsWith("page-") || document.getElementById(asked.id)) { return; }
    const neighbour = document.getElementById("page-previous") || document.getElementById("page-next");
    if (neighbour) { neighbour.focus({ preventScroll: true }); }
  });

  // A flag is taken away with a reason. Until one is given the server keeps it: the box says so, the reason is
  // where one goes on, and giving it takes the flag away.
  const waiting = new Map(); // set of flags → the boxes whose going waits for a reason
  const boxesOf = (flags) => [...flags.querySelectorAll("input[type=checkbox]")];
  document.addEventListener("change", (event) => {
    const flags = event.target.closest && event.target.closest("fieldset.flagset");
    const boxes = flags && waiting.get(flags);
    if (!boxes || event.target.name !== "flags_reason" || !event.target.value.trim()) { return; }
    boxes.forEach((box) => { box.checked = false; });
    waiting.delete(flags);
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const flags = event.target;
    if (!flags.matches || !flags.matches("fieldset.flagset") || !event.detail.xhr) { return; }
    if (event.detail.xhr.status < 400) { // a refusal that is shown counts as successful for htmx
      boxesOf(flags).forEach((box) => { box.defaultChecked = box.checked; });
      return;
    }
    const gone = boxesOf(flags).filter((box) => box.defaultChecked && !box.checked);
    if (event.detail.xhr.status !== 422 || !gone.length) { return; }
    gone.forEach((box) => { box.checked = true; });
    waiting.set(flags, gone);
    flags.querySelector("[name=flags_reason]").focus();
    // What was ticked beside it needs no reason.
    if (boxesOf(flags).some((box) => box.checked !== box.defaultChecked)) { flags.dispatchEvent(new Event("change")); }
  });

  // The gates are drawn again after something was done about one: go on from the same place. Where a field was
  // refused, app.js has gone there.
  let left = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const keeper = event.target.closest && event.target.closest("[data-keeps-focus]");
    left = keeper ? keeper.id : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const keeper = left && document.getElementById(left);
    left = null;
    if (!keeper) { return; }
    if (keeper.querySelector("[aria-invalid=true]") || document.activeElement !== document.body) { return; }
    const control = keeper.querySelector("summary") || keeper.closest(".gate-line").querySelector("a.gate");
    if (control) { control.focus(); }
  });
})();
