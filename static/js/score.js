// One song's large waveform: seek in it, read the time under the pointer, and where it is wider than the screen keep the
// place that sounds in view.

const ALONE = 4000; // milliseconds without following after the reader scrolled
const PARTS = ".score__wave, .score__section";
let touched = -ALONE;
let ours = 0;

document.addEventListener("input", ({ target }) => {
  if (target.id !== "score-seek") return;
  go(Number(target.value));
  point(Number(target.value));
});
document.addEventListener("focusin", ({ target }) => {
  if (target.matches?.("#score-seek:focus-visible, .score__section:focus-visible")) point(Number(target.dataset.at ?? target.value));
});
document.addEventListener("focusout", ({ target }) => { if (target.matches?.("#score-seek, .score__section")) unpoint(); });
document.addEventListener("pointermove", ({ pointerType, target, clientX }) => {
  const part = pointerType === "mouse" && target.closest?.(PARTS);
  if (part) point(part.dataset.at === undefined ? timeAt(part, clientX) : Number(part.dataset.at));
});
document.addEventListener("pointerout", ({ target, relatedTarget }) => {
  if (target.closest?.(PARTS) && !relatedTarget?.closest?.(PARTS)) unpoint();
});
// Under a finger the slider lets the score scroll; a tap still seeks.
document.addEventListener("click", ({ target, clientX }) => {
  const wave = target.id !== "score-seek" && target.closest?.(".score__wave");
  if (wave) go(timeAt(wave, clientX));
});
document.addEventListener("scroll", ({ target }) => {
  if (target.id === "score" && performance.now() > ours) touched = performance.now();
}, { capture: true, passive: true });

document.addEventListener("player:at", ({ detail: { id, at, all } }) => {
  const score = document.getElementById("score");
  if (score?.dataset.track !== id) return;
  const seek = document.getElementById("score-seek");
  seek.value = at;
  seek.setAttribute("aria-valuetext", document.getElementById("player-seek").getAttribute("aria-valuetext"));
  if (seek.matches(":focus-visible")) point(at);
  if (all && !document.getElementById("audio").paused) follow(score, at / all);
});

function go(at) {
  const id = document.getElementById("score").dataset.track;
  const seek = document.getElementById("player-seek");
  if (document.getElementById("player").dataset.track === id) {
    seek.value = at;
    seek.dispatchEvent(new Event("input", { bubbles: true }));
  } else document.dispatchEvent(new CustomEvent("player:start", { detail: { id, at } }));
}

function timeAt(wave, x) {
  const { left, width } = wave.getBoundingClientRect();
  return Math.min(1, Math.max(0, (x - left) / width)) * Number(document.getElementById("score-seek").max);
}

function point(at) {
  const here = document.getElementById("score-here");
  const part = at / Number(document.getElementById("score-seek").max);
  const [line, text] = here.children;
  here.removeAttribute("hidden");
  for (const end of ["x1", "x2"]) line.setAttribute(end, `${part * 100}%`);
  text.setAttribute("x", `${part * 100}%`);
  text.setAttribute("dx", part > 0.94 ? -6 : 6);
  text.setAttribute("text-anchor", part > 0.94 ? "end" : "start");
  text.textContent = `${Math.floor(at / 60)}:${String(Math.floor(at % 60)).padStart(2, "0")}`;
}

function unpoint() {
  document.getElementById("score-here")?.setAttribute("hidden", "");
}

function follow(score, part) {
  const room = score.scrollWidth - score.clientWidth;
  if (room < 1 || performance.now() - touched < ALONE) return;
  const x = score.scrollWidth * part - score.scrollLeft;
  if (x > score.clientWidth * 0.15 && x < score.clientWidth * 0.8) return;
  const left = Math.min(room, Math.max(0, score.scrollWidth * part - score.clientWidth * 0.3));
  if (Math.abs(left - score.scrollLeft) < 2) return;
  ours = performance.now() + 800;
  score.scrollTo({ left, behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
}
