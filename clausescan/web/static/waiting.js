// A document that is being read: look until it is there.
const told = document.getElementById("waiting");
async function watch() {
  try {
    const now = (await (await fetch("/state")).json())[told.dataset.document];
    if (now && now.state !== told.dataset.state) { window.location.reload(); return; }
  } catch { /* the desk is away for a moment: the next look will tell */ }
  window.setTimeout(watch, 800);
}
if (told.dataset.state !== "failed") watch();
