// Findings and text lead to each other; decisions are saved without leaving the page; keys for those who read many.
import { fill, send, words } from "./desk.js";

const cards = [...document.querySelectorAll(".card")];
let current = -1;

const pieces = () => [...document.querySelectorAll(".piece")];
const pieceAt = (start) => pieces().filter((it) => Number(it.dataset.start) <= start).at(-1);

export function show(card, { text = true, focus = true } = {}) {
  for (const it of document.querySelectorAll(".here")) it.classList.remove("here");
  current = cards.indexOf(card);
  card.classList.add("here");
  if (focus) card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
  const id = card.dataset.finding;
  const parts = document.querySelectorAll(`[data-findings~="${id}"], .overlay [data-finding="${id}"]`);
  for (const part of parts) part.classList.add("here");
  if (text) document.dispatchEvent(new CustomEvent("show-text", { detail: { card, first: [...parts].find((it) => it.className.includes("quote") || Number(it.dataset.start) >= Number(card.dataset.start)) ?? parts[0] } }));
}

document.addEventListener("show-text", ({ detail }) => {
  if (detail.first) detail.first.scrollIntoView({ block: "center" });
});

function jump(start, page) {
  const spot = pieceAt(start)?.dataset.start === String(start) ? pieceAt(start) : document.getElementById(`at-${start}`) ?? pieceAt(start);
  if (spot) {
    spot.scrollIntoView({ block: "center" });
    spot.classList.add("here");
  } else if (page) {
    document.querySelector(`.page[data-page="${page}"]`)?.scrollIntoView({ block: "start" });
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-jump]");
  if (link) {
    event.preventDefault();
    const card = link.closest(".card");
    if (card && link.dataset.jump === card.dataset.start) show(card);
    else jump(Number(link.dataset.jump), link.dataset.page);
    return;
  }
  const part = event.target.closest(".piece[data-findings], .overlay [data-finding]");
  if (part) {
    const id = (part.dataset.findings ?? part.dataset.finding).split(" ")[0];
    const card = cards.find((it) => it.dataset.finding === id);
    if (card) show(card, { text: false });
  }
});

async function save(form) {
  const answer = form.querySelector(".answer");
  answer.className = "answer";
  try {
    const { status, body } = await send(form.action, new FormData(form));
    if (status === 200) {
      form.elements.seen.value = body.decision.version;
      answer.textContent = words.saved;
      const card = form.closest(".card");
      const verdict = card.querySelector(".verdict");
      card.classList.add("decided");
      verdict.hidden = false;
      verdict.className = `verdict ${body.decision.verdict}`;
      verdict.textContent = body.decision.name;
      const progress = document.getElementById("progress");
      if (progress) progress.textContent = fill(words.progress, body) + (body.decided === body.findings ? ` ${words.finished}` : "");
      for (const name of document.querySelectorAll("input[name=reviewer]")) if (!name.value) name.value = body.decision.reviewer;
      return;
    }
    answer.classList.add("bad");
    if (status === 409 && body.current) {
      form.elements.seen.value = body.current.version;
      answer.textContent = fill(words.conflict, { reviewer: body.current.reviewer, verdict: body.current.name, note: body.current.note || "–" });
    } else answer.textContent = body.error;
  } catch {
    answer.classList.add("bad");
    answer.textContent = words.not_saved;
  }
}

for (const form of document.querySelectorAll("form.decide")) {
  const note = form.elements.note;
  const ask = () => { note.required = form.elements.verdict.value === "dismissed"; };
  form.addEventListener("change", ask);
  form.addEventListener("submit", (event) => { event.preventDefault(); save(form); });
}

const actions = {
  j: () => cards[Math.min(current + 1, cards.length - 1)] && show(cards[Math.min(current + 1, cards.length - 1)]),
  k: () => cards[Math.max(current - 1, 0)] && show(cards[Math.max(current - 1, 0)]),
  c: () => choose("confirmed"),
  d: () => { choose("dismissed"); note(); },
  n: () => note(),
  s: () => cards[current]?.querySelector("form.decide").requestSubmit(),
};
function choose(verdict) {
  const choice = cards[current]?.querySelector(`input[value=${verdict}]`);
  if (choice) { choice.checked = true; choice.dispatchEvent(new Event("change", { bubbles: true })); }
}
function note() { cards[current]?.querySelector("textarea").focus(); }

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, input:not([type=radio]), select")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = actions[event.key];
  if (action) { event.preventDefault(); action(); }
});

if (window.location.hash.startsWith("#finding-")) {
  const card = document.getElementById(window.location.hash.slice(1));
  if (card) show(card);
}
