// Clauses that documents share: one decision for all of them.

import { ask, notice, reviewer, words } from "./desk.js";

document.addEventListener("submit", async (event) => {
  const form = event.target.closest(".decide-all, .undo");
  if (!form) return;
  event.preventDefault();
  const button = event.submitter;
  if (!(await reviewer())) return notice(words.reviewer_needed, "bad");
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  const answer = await ask(form.getAttribute("action"), body);
  if (answer.ok) return location.assign(form.matches(".undo") ? `/clusters?undone=${answer.documents}` : `/clusters?done=${answer.documents}`);
  const place = form.querySelector(".refusal");
  if (place) {
    place.textContent = answer.error;
    place.hidden = false;
    form.querySelector("textarea").focus();
  } else notice(answer.error, "bad");
});
