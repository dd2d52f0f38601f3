// The pages of a PDF, drawn by pdf.js in this browser, with the boxes of findings over them.

import { ask, notice, say, words } from "./desk.js";
import { events, select } from "./review.js";
import * as pdfjs from "./pdfjs/pdf.min.mjs";

const host = document.getElementById("pages");
const leaves = new Map([...host.querySelectorAll(".leaf")].map((leaf) => [Number(leaf.dataset.page), leaf]));
const base = new URL("./pdfjs/", import.meta.url).href;
pdfjs.GlobalWorkerOptions.workerSrc = `${base}pdf.worker.min.mjs`;
const smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
const drawn = new Map(); // page number -> {scale, task}
const boxes = new Map(); // page number -> [{finding, kind, role, x0, top, x1, bottom}]
const geometry = new Map(); // page number -> function from points of ours to places in the leaf
let zoom = 1, file = null, lit = null;

function width() {
  return Math.max(240, Math.min(host.clientWidth - 30, 900)) * zoom;
}

// Give every page its size before it is drawn, so that nothing moves.
function size() {
  for (const leaf of leaves.values()) {
    const turned = Number(leaf.dataset.rotation) % 180 !== 0;
    const [w, h] = [Number(leaf.dataset.width), Number(leaf.dataset.height)];
    const scale = width() / (turned ? h : w);
    leaf.style.width = `${width()}px`;
    leaf.style.height = `${(turned ? w : h) * scale}px`;
  }
}

const seen = new IntersectionObserver((entries) => entries.forEach((one) => one.isIntersecting && draw(Number(one.target.dataset.page))), { root: host, rootMargin: "600px" });

async function draw(number) {
  const leaf = leaves.get(number);
  const wanted = width();
  if (drawn.get(number) === wanted || !file) return;
  drawn.set(number, wanted);
  const page = await file.getPage(number);
  const plain = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: wanted / plain.width });
  const canvas = document.createElement("canvas");
  const sharp = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = Math.round(viewport.width * sharp);
  canvas.height = Math.round(viewport.height * sharp);
  canvas.setAttribute("aria-hidden", "true");
  leaf.style.width = `${viewport.width}px`;
  leaf.style.height = `${viewport.height}px`;
  const [left, , , top] = page.view;
  // our points count from the top left corner of the page as stored; a viewer turns and scales it
  geometry.set(number, (x, y) => viewport.convertToViewportPoint(left + x, top - y));
  const layer = document.createElement("div");
  layer.className = "textLayer";
  layer.style.setProperty("--total-scale-factor", viewport.scale);
  layer.style.setProperty("--scale-factor", viewport.scale);
  try {
    await page.render({ canvas, viewport, transform: sharp === 1 ? null : [sharp, 0, 0, sharp, 0, 0], annotationMode: pdfjs.AnnotationMode.ENABLE }).promise;
    await new pdfjs.TextLayer({ textContentSource: page.streamTextContent(), container: layer, viewport }).render();
  } catch (error) {
    if (error?.name !== "RenderingCancelledException") notice(words.pdf_failed, "bad");
  }
  if (drawn.get(number) !== wanted) return; // zoomed meanwhile
  leaf.replaceChildren(canvas, layer, overlay(number));
  leaf.dataset.drawn = "yes";
}

function overlay(number) {
  const layer = document.createElement("div");
  layer.className = "layer";
  for (const one of boxes.get(number) ?? []) {
    const place = geometry.get(number);
    const [[x1, y1], [x2, y2]] = [place(one.x0, one.top), place(one.x1, one.bottom)];
    const box = document.createElement("button");
    box.type = "button";
    box.tabIndex = -1; // the cards are the way in for the keyboard
    box.className = `box ${one.kind} ${one.role}${one.finding === lit ? " lit" : ""}`;
    box.dataset.box = one.finding;
    box.setAttribute("aria-label", document.getElementById(`h-${one.finding}`)?.textContent ?? "");
    Object.assign(box.style, { left: `${Math.min(x1, x2)}px`, top: `${Math.min(y1, y2)}px`, width: `${Math.abs(x2 - x1)}px`, height: `${Math.abs(y2 - y1)}px` });
    layer.append(box);
  }
  return layer;
}

host.addEventListener("click", (event) => {
  const box = event.target.closest("[data-box]");
  if (!box || getSelection()?.toString()) return;
  const panes = document.getElementById("panes");
  if (getComputedStyle(panes).display === "block") document.querySelector("[data-pane=findings]").click();
  light(box.dataset.box);
  select(box.dataset.box, { original: false });
});

function light(finding) {
  lit = finding;
  for (const box of host.querySelectorAll("[data-box]")) box.classList.toggle("lit", box.dataset.box === finding);
}

function scroll(number, top) {
  const leaf = leaves.get(number);
  if (!leaf) return;
  const turned = Number(leaf.dataset.rotation) % 180 !== 0;
  const within = turned ? 0.2 : (top ?? 0) / Number(leaf.dataset.height);
  const start = leaf.getBoundingClientRect().top - host.getBoundingClientRect().top + host.scrollTop;
  host.scrollTo({ top: start + within * leaf.clientHeight - host.clientHeight * 0.25, behavior: smooth });
}

events.addEventListener("show", (event) => {
  light(event.detail.finding);
  for (const [number, list] of boxes) {
    const first = list.find((one) => one.finding === event.detail.finding);
    if (first) return scroll(number, first.top);
  }
});
events.addEventListener("jump", (event) => event.detail.page && scroll(event.detail.page, event.detail.top));

function again() {
  const [at, all] = [host.scrollTop, host.scrollHeight];
  size();
  host.scrollTop = (at / all) * host.scrollHeight;
  for (const [number, leaf] of leaves) {
    const place = leaf.getBoundingClientRect(), frame = host.getBoundingClientRect();
    if (place.bottom > frame.top - 600 && place.top < frame.bottom + 600) draw(number);
    else drawn.delete(number);
  }
}
document.getElementById("zoom-in").addEventListener("click", () => ((zoom = Math.min(zoom * 1.25, 4)), again()));
document.getElementById("zoom-out").addEventListener("click", () => ((zoom = Math.max(zoom / 1.25, 0.5)), again()));
let resized = 0;
new ResizeObserver(() => (clearTimeout(resized), (resized = setTimeout(() => Math.abs(width() - parseFloat([...leaves.values()][0].style.width)) > 4 && again(), 200)))).observe(host);

async function start() {
  size();
  const answer = await ask(host.dataset.boxes);
  for (const finding of answer.findings ?? []) {
    for (const [page, x0, top, x1, bottom, role] of finding.boxes) {
      if (!boxes.has(page)) boxes.set(page, []);
      boxes.get(page).push({ finding: finding.id, kind: finding.kind, role, x0, top, x1, bottom });
    }
  }
  for (const list of boxes.values()) list.sort((a, b) => ["near", "related"].includes(b.kind) - ["near", "related"].includes(a.kind) || (a.role > b.role ? -1 : 1));
  try {
    file = await pdfjs.getDocument({ url: host.dataset.file, cMapUrl: `${base}cmaps/`, cMapPacked: true, standardFontDataUrl: `${base}standard_fonts/`, wasmUrl: `${base}wasm/`, enableXfa: false, isEvalSupported: false }).promise;
  } catch {
    host.dataset.failed = "yes";
    return notice(words.pdf_failed, "bad");
  }
  for (const leaf of leaves.values()) seen.observe(leaf);
  host.dataset.ready = "yes";
  const chosen = document.querySelector(".card.current");
  if (chosen) events.dispatchEvent(new CustomEvent("show", { detail: { finding: chosen.dataset.finding } }));
}
start();
