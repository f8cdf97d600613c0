/* The invitation link: select it, and copy it with a button. Without scripts it is a field to copy from. */
(function () {
  "use strict";

  var told = document.getElementById("copied");

  function say(text) {
    if (told) told.textContent = text;
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button) return;
    var field = document.getElementById(button.dataset.copy);
    field.focus();
    field.select();
    var byHand = "It could not be copied. It is selected: copy it with Ctrl+C or ⌘C.";
    if (!navigator.clipboard) { // only offered over HTTPS and on this very machine
      say(byHand);
      return;
    }
    navigator.clipboard.writeText(field.value).then(function () { say("Copied."); }, function () { say(byHand); });
  });
})();
