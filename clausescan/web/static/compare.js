// Two versions: only the changes, and from change to change by key.

import "./desk.js";

const only = document.getElementById("only-changes");
const rows = [...document.querySelectorAll("#sides tbody tr")];
const changes = rows.filter((row) => row.dataset.kind !== "same");
let at = -1;

function filter() {
  for (const row of rows) row.hidden = only.checked && row.dataset.kind === "same";
}
function step(by) {
  if (!changes.length) return;
  at = (at + by + changes.length) % changes.length;
  changes[at].focus({ preventScroll: true });
  changes[at].scrollIntoView({ block: "center" });
}
if (only) {
  filter();
  only.addEventListener("change", filter);
  document.getElementById("change-next").addEventListener("click", () => step(1));
  document.getElementById("change-previous").addEventListener("click", () => (at < 0 ? step(0) : step(-1)));
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "n") step(1);
    else if (event.key === "p") step(at < 0 ? 0 : -1);
  });
}
