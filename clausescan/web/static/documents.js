// The list: drag and drop, many files one after the other, states as they change.

import { ask, notice, say, words } from "./desk.js";

const form = document.getElementById("upload-form");
const input = document.getElementById("files");
const bar = document.getElementById("upload-progress");
const status = document.getElementById("upload-status");
const AT_ONCE = 3;

for (const type of ["dragenter", "dragover"]) {
  document.addEventListener(type, (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    form.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => event.relatedTarget || form.classList.remove("over"));
document.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  form.classList.remove("over");
  send([...event.dataTransfer.files]);
});
input.addEventListener("change", () => send([...input.files]));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (input.files.length) send([...input.files]);
  else input.click();
});

async function send(files) {
  if (!files.length) return;
  bar.hidden = false;
  bar.max = files.length;
  bar.value = 0;
  let known = 0, taken = 0, next = 0;
  const refused = [];
  async function line() {
    while (next < files.length) {
      const file = files[next++];
      status.textContent = say("uploading", { done: next, all: files.length });
      const body = new FormData();
      body.append("files", file);
      if (document.getElementById("apart").checked) body.append("apart", "1");
      const answer = await ask("/documents", body);
      if (answer.ok) {
        taken += 1;
        known += answer.documents.filter((one) => !one.new).length;
      } else refused.push(`${file.name}: ${answer.error}`);
      bar.value += 1;
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  input.value = "";
  bar.hidden = true;
  status.textContent = [say("uploaded", { count: taken }), known ? say("known", { count: known }) : "", ...refused].filter(Boolean).join(" · ");
  for (const text of refused) notice(text, "bad");
  if (taken) setTimeout(() => location.assign("/"), refused.length ? 4000 : 250);
}

// ---- states as they change ----

const rows = new Map([...document.querySelectorAll("#documents tr[data-document]")].map((row) => [Number(row.dataset.document), row]));
const queue = document.getElementById("queue");

function show(one) {
  const row = rows.get(one.id);
  if (!row) return;
  const state = row.querySelector("[data-cell=state]");
  state.textContent = one.words;
  state.className = `state ${one.state}`;
  row.dataset.state = one.state;
  row.querySelector("[data-cell=language]").textContent = one.language;
  const decided = row.querySelector("[data-cell=decided]");
  if (one.decided && !decided.textContent.includes(one.decided)) decided.textContent = one.decided;
}

async function look() {
  const open = [...rows.values()].filter((row) => ["waiting", "reading"].includes(row.dataset.state));
  const answer = await ask(`/status?ids=${open.map((row) => row.dataset.document).join(",")}`);
  if (answer.ok) {
    answer.documents.forEach(show);
    queue.hidden = !answer.waiting;
    document.getElementById("queue-words").textContent = answer.queue;
    for (const chip of document.querySelectorAll("[data-filter]")) chip.querySelector(".count").textContent = answer.counts[chip.dataset.filter];
    if (!answer.waiting && !open.length) return;
    if (!answer.waiting && document.getElementById("documents")?.dataset.stale) location.reload();
  } else notice(words.offline, "bad");
  setTimeout(look, answer.ok ? 1000 : 6000);
}
if (!queue.hidden || [...rows.values()].some((row) => ["waiting", "reading"].includes(row.dataset.state))) setTimeout(look, 500);
document.getElementById("order").addEventListener("change", (event) => event.target.form.submit());
