// The builder's rows: an operation that does not fit the fact is not offered, and a value only where
// one is needed. Without script everything is offered, and the server says what does not fit.
(function () {
  "use strict";
  const WITHOUT_VALUE = ["yes", "no", "known", "unknown"];

  function fit(row) {
    const fact = row.querySelector("select.fact");
    const op = row.querySelector("select.op");
    const value = row.querySelector("input.value");
    if (!fact || !op || !value) { return; }
    const chosen = fact.selectedOptions[0];
    const type = chosen ? chosen.dataset.type : "";
    let first = null;
    for (const option of op.options) {
      const fits = !type || option.dataset.types.split(" ").includes(type);
      option.hidden = option.disabled = !fits;
      if (fits && first === null) { first = option; }
    }
    if (op.selectedOptions[0] && op.selectedOptions[0].disabled && first) { op.value = first.value; }
    const empty = WITHOUT_VALUE.includes(op.value);
    value.closest(".field").hidden = empty;
    if (empty) { value.value = ""; }
    const list = "values-" + fact.value;
    if (document.getElementById(list)) { value.setAttribute("list", list); }
    else { value.removeAttribute("list"); }
    value.inputMode = type === "integer" ? "numeric" : type === "decimal" ? "decimal" : "text";
  }

  for (const row of document.querySelectorAll(".sentence")) {
    row.addEventListener("change", function () { fit(row); });
    fit(row);
  }
})();
