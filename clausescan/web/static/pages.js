// A PDF as it looks: pdf.js draws the pages that are near, the boxes of the findings lie over them.
import * as pdf from "./pdfjs/pdf.min.mjs";
import { words } from "./desk.js";

const here = (name) => new URL(`./pdfjs/${name}`, import.meta.url).href;
pdf.GlobalWorkerOptions.workerSrc = here("pdf.worker.min.mjs");
const root = document.getElementById("pages");
const pages = [...root.querySelectorAll(".page")];

function overlay() {
  for (const card of document.querySelectorAll(".card")) {
    for (const box of JSON.parse(card.dataset.boxes)) {
      const page = pages[box.page - 1];
      if (!page) continue;
      const width = Number(page.dataset.width), height = Number(page.dataset.height);
      const spot = document.createElement("button");
      spot.type = "button";
      spot.dataset.finding = card.dataset.finding;
      spot.tabIndex = -1;
      spot.className = box.role === "quote" ? "quote" : "cue";
      spot.setAttribute("aria-label", card.getAttribute("aria-label"));
      spot.style.left = `${(box.x0 / width) * 100}%`;
      spot.style.top = `${(box.top / height) * 100}%`;
      spot.style.width = `${((box.x1 - box.x0) / width) * 100}%`;
      spot.style.height = `${((box.bottom - box.top) / height) * 100}%`;
      page.querySelector(".overlay").append(spot);
    }
  }
}

for (const page of pages) page.style.aspectRatio = `${page.dataset.width} / ${page.dataset.height}`;
overlay();

const loading = pdf.getDocument({
  url: root.dataset.source, cMapUrl: here("cmaps/"), cMapPacked: true, standardFontDataUrl: here("standard_fonts/"), wasmUrl: here("wasm/"),
  isEvalSupported: false, enableXfa: false, disableAutoFetch: true,
});

async function draw(page) {
  if (page.dataset.drawn) return;
  page.dataset.drawn = "1";
  try {
    const sheet = await (await loading.promise).getPage(Number(page.dataset.page));
    const canvas = page.querySelector("canvas");
    const plain = sheet.getViewport({ scale: 1 });
    const viewport = sheet.getViewport({ scale: (page.clientWidth / plain.width) * Math.min(window.devicePixelRatio || 1, 2) });
    canvas.width = viewport.width;
    canvas.height = viewport.height;
    await sheet.render({ canvas, canvasContext: canvas.getContext("2d"), viewport }).promise;
    page.dataset.drawn = "2";
  } catch {
    page.dataset.drawn = "failed";
    page.querySelector(".page-number").textContent = words.page_missing;
  }
}

const near = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
}, { root: document.querySelector(".original"), rootMargin: "600px" });
for (const page of pages) near.observe(page);
