// What every page shares: requests that prove where they come from, words, notices, the reviewer, local times.

export const words = JSON.parse(document.getElementById("words").textContent);
const csrf = document.querySelector("meta[name=csrf-token]").content;

export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

// Send a form or ask for something; resolves to {ok, status, ...} and never throws: a server that is gone is an answer too.
export async function ask(address, body = null) {
  const headers = { Accept: "application/json", "X-CSRF-Token": csrf };
  try {
    const answer = await fetch(address, body ? { method: "POST", body, headers } : { headers });
    const values = await answer.json();
    return { ...values, ok: answer.ok, status: answer.status };
  } catch {
    return { ok: false, status: 0, error: words.offline };
  }
}

export function notice(text, kind = "") {
  const item = document.createElement("p");
  item.className = `notice ${kind}`;
  item.textContent = text;
  document.getElementById("notices").append(item);
  setTimeout(() => item.remove(), 9000);
}

const exact = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
export function localTimes(root = document) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-local])")) {
    const when = new Date(time.dateTime);
    if (!Number.isNaN(when.getTime())) time.textContent = exact.format(when);
    time.dataset.local = "yes";
  }
}
localTimes();

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.querySelector("[data-close]")?.addEventListener("click", () => dialog.close());
}

// ---- the reviewer ----

const opener = document.getElementById("reviewer-open");
const dialog = document.getElementById("reviewer-dialog");
let waiting = null;
opener.addEventListener("click", () => dialog.showModal());
dialog.addEventListener("close", () => {
  waiting?.(opener.dataset.reviewer);
  waiting = null;
});
document.getElementById("reviewer-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await ask("/reviewer", new FormData(event.target));
  if (!answer.ok) return notice(answer.error, "bad");
  opener.dataset.reviewer = answer.name;
  document.getElementById("reviewer-shown").textContent = answer.name;
  dialog.close();
});

// The name of the reviewer; asks for it when there is none. Empty when the question was closed without an answer.
export function reviewer() {
  if (opener.dataset.reviewer) return Promise.resolve(opener.dataset.reviewer);
  dialog.showModal();
  return new Promise((resolve) => (waiting = resolve));
}

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => menu.contains(event.target) || menu.removeAttribute("open"));
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    }
  });
}
