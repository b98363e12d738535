// Two comforts; everything works without them.
// <button data-key="a">: pressed by one key, unless somebody is typing.
// <form data-live-url="..." data-live-target="#id">: posted as it is filled in, and what the answer
// holds as `html` (made by our own server) or `text` is put into the target.
(function () {
  "use strict";
  const WAIT_MILLISECONDS = 400;

  function isTyping(element) {
    // A round or square box takes no letters: keys go on deciding.
    const letters = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
    return element.closest(letters) !== null;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) { return; }
    if (event.target instanceof Element && isTyping(event.target)) { return; }
    for (const found of document.querySelectorAll("[data-key]")) {
      if (found.dataset.key === event.key && !found.disabled) {
        event.preventDefault();
        found.click();
        return;
      }
    }
  });

  function watch(part) {
    const form = part.closest("form") || part;
    const target = document.querySelector(part.dataset.liveTarget || "#live");
    let timer = null;
    let latest = 0;
    async function ask() {
      const mine = ++latest;
      try {
        const answer = await fetch(part.dataset.liveUrl, {
          method: "POST", body: new URLSearchParams(new FormData(form)),
          headers: { Accept: "application/json" }, redirect: "error", credentials: "same-origin"
        });
        const said = await answer.json();
        if (mine !== latest || !target) { return; }
        if (typeof said.html === "string") { target.innerHTML = said.html; }
        else if (typeof said.text === "string") { target.textContent = said.text; }
        target.removeAttribute("aria-busy");
      } catch (_) {
        if (mine === latest && target) { target.removeAttribute("aria-busy"); }
      }
    }
    form.addEventListener("input", function () {
      if (target) { target.setAttribute("aria-busy", "true"); }
      window.clearTimeout(timer);
      timer = window.setTimeout(ask, WAIT_MILLISECONDS);
    });
  }

  for (const part of document.querySelectorAll("[data-live-url]")) { watch(part); }
})();
