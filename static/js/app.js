/* The frame's behaviour: htmx settings, the dialog in which a number opens its arithmetic, small keyboard aids. */
(function () {
  "use strict";

  document.addEventListener("htmx:configRequest", function (event) {
    event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf || "";
  });

  // A server that refuses or cannot be reached says so in words; nothing typed is lost.
  function say(text) {
    var box = document.getElementById("messages");
    if (!box) return;
    var line = document.createElement("p");
    line.className = "alert alert-danger";
    line.setAttribute("role", "alert");
    line.textContent = text;
    box.replaceChildren(line);
  }
  document.addEventListener("htmx:sendError", function () {
    say("The server could not be reached. What you entered is still on this page; try again.");
  });
  document.addEventListener("htmx:responseError", function (event) {
    var answer = event.detail.xhr;
    if (answer.status === 422) return;
    // An error of ours is one sentence of text; anything else comes from a proxy in between.
    var isSentence = (answer.getResponseHeader("Content-Type") || "").indexOf("text/plain") === 0;
    say(isSentence && answer.responseText ? answer.responseText : "The server answered with an error (" + answer.status + "). Nothing was saved; try again.");
  });
  // Form errors come back with status 422 and are shown like any other answer.
  document.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.xhr.status === 422) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });

  // A form that comes back with errors: one goes on in the first field that is wrong, wherever it is folded away.
  function goToFault(within) {
    var wrong = Array.from(within.querySelectorAll('[aria-invalid="true"], .is-invalid')).find(function (field) {
      return !field.disabled && field.type !== "hidden";
    });
    if (!wrong) return false;
    for (var fold = wrong.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
    wrong.focus();
    return true;
  }
  goToFault(document.getElementById("main") || document.body);
  // With htmx the form may have been drawn anew: then it is looked for where it was.
  var sentFrom = null;
  document.addEventListener("htmx:beforeRequest", function (event) {
    var form = event.target.closest && event.target.closest("form");
    var keeper = form && form === event.target && form.closest("[id]:not(form)");
    sentFrom = keeper ? keeper.id : null;
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var place = sentFrom && document.getElementById(sentFrom);
    sentFrom = null;
    if (place && event.detail.xhr.status === 422) goToFault(place);
  });

  // Numbers that open their arithmetic: <a data-dialog href="full page">.
  var dialog = document.getElementById("dialog");
  var opener = null;
  var asked = 0; // counts what was asked for, so that an answer to an earlier question is not shown any more
  function openDialog(link) {
    var mine = asked += 1;
    if (!dialog.contains(link)) opener = link; // a link inside the dialog leads on; closing returns to the page
    var address = new URL(link.getAttribute("href"), document.baseURI).href; // a link in a drawing has no plain href
    fetch(address, { headers: { "X-Dialog": "1" }, credentials: "same-origin" }).then(function (answer) {
      if (answer.ok && !answer.redirected) return answer.text();
      if (mine === asked) window.location.assign(address);
      return null;
    }).then(function (text) {
      if (text === null || mine !== asked) return;
      var body = dialog.querySelector("[data-dialog-body]");
      body.innerHTML = text;
      var heading = body.querySelector("h1, h2, h3");
      if (heading) { heading.id = "dialog-heading"; dialog.setAttribute("aria-labelledby", "dialog-heading"); }
      if (window.htmx) window.htmx.process(body);
      if (!dialog.open) dialog.showModal();
      body.scrollTop = 0;
    }).catch(function () { if (mine === asked) window.location.assign(address); });
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-dialog]");
    if (!link || !dialog || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    openDialog(link);
  });
  if (dialog) {
    dialog.addEventListener("click", function (event) {
      if (event.target === dialog || event.target.closest("[data-dialog-close]")) dialog.close();
    });
    dialog.addEventListener("close", function () {
      asked += 1; // closed while a link inside it was being followed: it stays closed
      if (opener && document.contains(opener)) opener.focus();
      opener = null;
    });
  }

  // Controls that submit their form when they change (no-script pages have a button beside them).
  document.addEventListener("change", function (event) {
    var control = event.target.closest("[data-autosubmit]");
    if (control && control.form) control.form.requestSubmit();
  });

  // A button that ticks every box of its form with a name; pressed again, none of them.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-tick-all]");
    if (!button) return;
    var boxes = Array.from(button.form.querySelectorAll('input[type="checkbox"][name="' + button.dataset.tickAll + '"]'));
    var wanted = boxes.some(function (box) { return !box.checked; });
    boxes.forEach(function (box) { box.checked = wanted; });
  });

  document.documentElement.classList.add("js");
})();
