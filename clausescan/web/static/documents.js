// The list: files that are dropped are sent at once; while something is read its rows are kept up to date.
import { send, words } from "./desk.js";

const form = document.getElementById("upload");
const input = document.getElementById("files");
const told = document.getElementById("upload-state");

async function take(files) {
  if (!files.length) return;
  const body = new FormData();
  for (const file of files) body.append("files", file, file.name);
  told.textContent = `${words.upload} … ${files.length}`;
  try {
    const answer = await send(form.action, body);
    if (answer.status === 200) window.location.reload();
    else told.textContent = answer.body.error;
  } catch {
    told.textContent = words.not_saved;
  }
}

form.addEventListener("submit", (event) => { event.preventDefault(); take(input.files); });
input.addEventListener("change", () => take(input.files));
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("over"); });
}
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("over"); });
document.addEventListener("drop", (event) => { event.preventDefault(); form.classList.remove("over"); take(event.dataTransfer.files); });

for (const remove of document.querySelectorAll("form.remove")) {
  remove.addEventListener("submit", (event) => { if (!window.confirm(words.remove_sure)) event.preventDefault(); });
}

const busy = () => [...document.querySelectorAll("tr[data-state=waiting], tr[data-state=reading]")];
async function watch() {
  const rows = busy();
  if (!rows.length) return;
  try {
    const states = await (await fetch("/state")).json();
    for (const row of rows) {
      const now = states[row.dataset.document];
      if (now && now.state !== row.dataset.state) {
        row.dataset.state = now.state;
        const badge = row.querySelector(".badge");
        badge.className = `badge ${now.state}`;
        badge.textContent = now.words;
        if (now.state === "done" || now.state === "failed") row.dataset.fresh = "1";
      }
    }
    if (!busy().length && document.querySelector("tr[data-fresh]") && !told.textContent) { window.location.reload(); return; }
  } catch { /* the desk is away for a moment: the next look will tell */ }
  window.setTimeout(watch, 1000);
}
watch();
