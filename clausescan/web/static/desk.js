// What all pages share: the words of the page, the value that proves that a request comes from it, and requests.
const meta = (name) => document.querySelector(`meta[name=${name}]`).content;
export const words = JSON.parse(meta("messages"));
export const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

export async function send(url, form) {
  const answer = await fetch(url, { method: "POST", body: form, headers: { "x-clausescan": meta("guard"), accept: "application/json" } });
  return { status: answer.status, body: await answer.json() };
}
