// A document that is not read yet: go on when it is.

import { ask } from "./desk.js";

const number = document.getElementById("waiting").dataset.document;
async function look() {
  const answer = await ask(`/documents/${number}/state`);
  if (answer.ok && answer.read) location.reload();
  else setTimeout(look, 1000);
}
setTimeout(look, 700);
