// Findings beside the original: click goes both ways, keys, decisions, what others decide meanwhile.

import { ask, localTimes, notice, reviewer, say, words } from "./desk.js";

const page = document.getElementById("document");
const number = page.dataset.document;
const cards = document.getElementById("cards");
const text = document.getElementById("text");
const panes = document.getElementById("panes");
const smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
export const events = new EventTarget(); // "show" {finding}, "jump" {start, page, top}: the pages listen too
let current = null;

const card = (finding) => document.getElementById(`f-${finding}`);
const near = (element) => element.closest("[data-finding]");

// ---- tabs and panes ----

const tabs = [...document.querySelectorAll("[role=tab]")];
function choose(tab, focus = false) {
  for (const one of tabs) {
    const chosen = one === tab;
    one.setAttribute("aria-selected", chosen);
    one.tabIndex = chosen ? 0 : -1;
    document.getElementById(one.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
}
choose(tabs[0]);
for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) choose(tabs[(index + step + tabs.length) % tabs.length], true);
  });
}
function pane(name) {
  panes.dataset.shown = name;
  for (const button of document.querySelectorAll("[data-pane]")) button.setAttribute("aria-pressed", button.dataset.pane === name);
}
for (const button of document.querySelectorAll("[data-pane]")) button.addEventListener("click", () => pane(button.dataset.pane));

// ---- from a finding to the original and back ----

export function select(finding, { open = true, original = true, focus = false, remember = true } = {}) {
  const chosen = card(finding);
  if (!chosen) return;
  const list = chosen.closest("[role=tabpanel]");
  if (list.hidden) choose(document.getElementById(list.getAttribute("aria-labelledby")));
  current?.classList.remove("current");
  current = chosen;
  chosen.classList.add("current");
  if (open) chosen.querySelector("details").open = true;
  const top = chosen.getBoundingClientRect().top - cards.getBoundingClientRect().top;
  if (top < 0 || top > cards.clientHeight / 3) cards.scrollTo({ top: cards.scrollTop + top - 2, behavior: smooth });
  if (focus) chosen.focus({ preventScroll: true });
  if (original) show(finding);
  // not while the page loads: the browser would then go to the fragment itself
  if (remember) history.replaceState(null, "", `#f-${finding}`);
}

function show(finding) {
  light(finding);
  events.dispatchEvent(new CustomEvent("show", { detail: { finding } }));
  if (text) reveal(text.querySelector(`mark[data-findings~="${CSS.escape(finding)}"]`));
}

function light(finding) {
  for (const mark of text?.querySelectorAll("mark.lit") ?? []) mark.classList.remove("lit");
  for (const mark of text?.querySelectorAll(`mark.m-finding[data-findings~="${CSS.escape(finding)}"], mark.m-related[data-findings~="${CSS.escape(finding)}"], mark.m-near[data-findings~="${CSS.escape(finding)}"]`) ?? []) mark.classList.add("lit");
}

function reveal(element) {
  if (!element) return;
  const top = element.getBoundingClientRect().top - text.getBoundingClientRect().top;
  if (top < 20 || top > text.clientHeight * 0.7) text.scrollTo({ top: text.scrollTop + top - text.clientHeight * 0.25, behavior: smooth });
}

function jump(start, place = {}) {
  pane("original");
  if (!text) return events.dispatchEvent(new CustomEvent("jump", { detail: { start, ...place } }));
  const blocks = [...text.querySelectorAll("[data-at]")];
  const target = blocks.filter((block) => Number(block.dataset.at) <= start).pop() ?? blocks[0];
  reveal(target);
  target?.classList.remove("flash");
  requestAnimationFrame(() => target?.classList.add("flash"));
}

text?.addEventListener("click", (event) => {
  const mark = event.target.closest("mark[data-findings]");
  if (!mark || event.target.closest("a")) return;
  const every = mark.dataset.findings.split(" ").map(card).filter(Boolean);
  const best = every.find((one) => one.dataset.kind === "finding") ?? every[0];
  if (best) {
    pane("findings");
    select(best.dataset.finding, { original: false });
    light(best.dataset.finding);
  }
});
document.addEventListener("click", (event) => {
  const leap = event.target.closest("[data-jump]");
  if (leap) {
    event.preventDefault();
    return jump(Number(leap.dataset.jump), { page: Number(leap.dataset.page) || null, top: leap.dataset.top ? Number(leap.dataset.top) : null });
  }
  const opened = event.target.closest("[data-open]");
  if (opened) return pane("findings"), select(opened.dataset.open);
  const shown = event.target.closest("[data-show]");
  if (shown) return pane("original"), select(shown.dataset.show);
  const summary = event.target.closest(".card > details > summary");
  if (summary) select(near(summary).dataset.finding, { open: false });
});

// ---- keys ----

const keysDialog = document.getElementById("keys-dialog");
document.getElementById("keys-open").addEventListener("click", () => keysDialog.showModal());

function step(by) {
  const list = [...document.querySelector("[role=tabpanel]:not([hidden])").querySelectorAll(".card")];
  if (!list.length) return;
  const at = list.indexOf(current);
  const next = at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1);
  for (const one of list) if (one !== list[next] && one === current) one.querySelector("details").open = false;
  select(list[next].dataset.finding, { focus: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.closest("input, textarea, select")) {
    if (event.key === "Escape") near(event.target)?.focus();
    return;
  }
  const keys = { n: () => step(1), p: () => step(-1), "?": () => keysDialog.showModal(), e: () => note()?.focus() };
  const decision = { c: "confirmed", d: "dismissed", a: "not_applicable", u: "unsure" }[event.key];
  if (keys[event.key]) keys[event.key]();
  else if (decision && current) press(current, decision);
  else return;
  event.preventDefault();
});
const note = () => current?.querySelector("textarea[name=note]");

function press(chosen, decision) {
  const form = chosen.querySelector("form.decide");
  const field = form?.querySelector("textarea");
  if (!form) return;
  if (decision === "dismissed" && !field.value.trim()) {
    form.dataset.wanted = decision;
    refuse(form, words.reason_needed);
    return field.focus();
  }
  save(form, decision);
}
cards.addEventListener("input", (event) => {
  const place = event.target.closest("form.decide")?.querySelector(".refusal");
  if (place) place.hidden = true;
});
cards.addEventListener("keydown", (event) => {
  const form = event.target.closest("form.decide");
  if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    const stands = near(form).dataset.decision;
    const decision = form.dataset.wanted || (stands === "open" ? "" : stands);
    if (decision) press(near(form), decision);
    else refuse(form, words.choose_first);
  }
});

// ---- decisions ----

cards.addEventListener("submit", (event) => {
  const form = event.target.closest("form.decide");
  if (!form) return;
  event.preventDefault();
  if (event.submitter?.value) press(near(form), event.submitter.value);
});

function refuse(form, sentence) {
  const place = form.querySelector(".refusal");
  place.textContent = sentence;
  place.hidden = false;
}

async function save(form, decision) {
  const finding = form.dataset.decide;
  if (!(await reviewer())) return refuse(form, words.reviewer_needed);
  const body = new FormData(form);
  body.set("decision", decision);
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const answer = await ask(form.getAttribute("action"), body);
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  if (answer.html) put(answer, answer.ok ? "" : body.get("note"));
  if (!answer.ok) {
    const now = card(finding).querySelector("form.decide");
    now.dataset.wanted = decision; // to be sent again once theirs was looked at
    refuse(now, answer.error);
  }
}

// Put the panel that the server sent in place of the old one; a note that was not saved stays in the field.
function put(answer, draft) {
  const chosen = card(answer.finding);
  const template = document.createElement("template");
  template.innerHTML = answer.html;
  const panel = template.content.firstElementChild;
  const focused = chosen.querySelector("[data-panel]").contains(document.activeElement);
  chosen.querySelector("[data-panel]").replaceWith(panel);
  chosen.dataset.decision = answer.decision;
  const stand = chosen.querySelector("[data-stand]");
  stand.textContent = words[answer.decision === "open" ? "undecided" : answer.decision];
  stand.className = `stand ${answer.decision}`;
  if (draft) panel.querySelector("textarea").value = draft;
  localTimes(panel);
  progress(answer);
  dots();
  if (focused) chosen.focus({ preventScroll: true });
}

function progress(answer) {
  document.getElementById("progress-words").textContent = say("progress", { settled: answer.settled, findings: answer.findings });
  document.getElementById("progress-meter").value = answer.settled;
  document.getElementById("finished").hidden = !answer.finished;
  page.dataset.settled = answer.settled;
  const open = document.getElementById("export-open");
  open.hidden = answer.finished || !answer.findings;
  open.textContent = say("export_open", { count: answer.findings - answer.settled });
}

function dots() {
  for (const dot of document.querySelectorAll("[data-dot]")) {
    dot.classList.toggle("settled", ["confirmed", "dismissed", "not_applicable"].includes(card(dot.dataset.dot)?.dataset.decision));
  }
}
dots();

// ---- what others decide meanwhile ----

async function watch() {
  if (!document.hidden) {
    const answer = await ask(`/documents/${number}/state`);
    for (const [finding, seen] of Object.entries(answer.findings ?? {})) {
      const panel = card(finding)?.querySelector("[data-panel]");
      if (panel && Number(panel.dataset.seen) < seen && !panel.contains(document.activeElement)) await refresh(finding);
    }
  }
  setTimeout(watch, 5000);
}
async function refresh(finding) {
  const draft = card(finding).querySelector("textarea")?.value;
  const answer = await ask(`/documents/${number}/panel?finding=${encodeURIComponent(finding)}`);
  if (!answer.ok) return;
  put(answer, draft);
  notice(say("others", { reviewer: answer.reviewer }));
}
setTimeout(watch, 5000);

document.getElementById("remove-form").addEventListener("submit", (event) => confirm(words.remove_sure) || event.preventDefault());
addEventListener("beforeprint", () => document.querySelectorAll(".card > details").forEach((one) => (one.open = true)));

const wanted = location.hash.startsWith("#f-") ? location.hash.slice(3) : null;
const first = document.querySelector("#list-findings .card:not([data-decision=confirmed]):not([data-decision=dismissed])") ?? document.querySelector("#list-findings .card");
if (wanted && card(wanted)) select(wanted);
else if (first) select(first.dataset.finding, { remember: false });
