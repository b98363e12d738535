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
