// Two versions side by side: from change to change.
const changes = [...document.querySelectorAll("[data-change]")];
let current = -1;
function go(step) {
  if (!changes.length) return;
  current = Math.min(Math.max(current + step, 0), changes.length - 1);
  changes[current].scrollIntoView({ block: "center" });
  changes[current].focus({ preventScroll: true });
}
document.getElementById("next-change").addEventListener("click", () => go(1));
document.getElementById("last-change").addEventListener("click", () => go(-1));
document.addEventListener("keydown", (event) => {
  if (event.key === "j") go(1);
  if (event.key === "k") go(-1);
});
