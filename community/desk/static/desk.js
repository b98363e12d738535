// The clock of a lease. Without it the page says until when, as it was sent.
"use strict";
(() => {
  const clock = document.getElementById("lease-left");
  if (!clock) return;
  const ends = performance.now() + 1000 * Number(clock.dataset.seconds);
  const tell = () => {
    const left = Math.max(0, Math.round((ends - performance.now()) / 1000));
    const minutes = Math.floor(left / 60);
    const seconds = String(left % 60).padStart(2, "0");
    clock.textContent = left > 0 ? `${minutes}:${seconds}` : clock.dataset.over;
    if (left > 0) window.setTimeout(tell, 1000);
  };
  tell();
})();
// Escape leaves a field, so that keys decide again.
document.addEventListener("keydown", (event) => {
  const here = document.activeElement;
  if (event.key === "Escape" && here && here.matches("textarea, select, input")) here.blur();
});
// The keys of this page as a dialog; without script they unfold where they stand.
(() => {
  const folded = document.getElementById("keys");
  if (!folded) return;
  const opener = folded.querySelector("summary");
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", folded.dataset.label);
  dialog.append(...[...folded.children].slice(1).map((each) => each.cloneNode(true)));
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = folded.dataset.close;
  close.addEventListener("click", () => dialog.close());
  dialog.prepend(close);
  folded.after(dialog);
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.showModal();
    close.focus();
  });
  // Nothing is decided behind it.
  dialog.addEventListener("keydown", (event) => {
    if (!dialog.open) return; // closed a moment ago, it may still have the focus
    event.stopPropagation();
    if (event.key === "?") dialog.close();
  });
})();
