// Lyrics that know their times: the line that is sung is lit and comes softly into view, and a line plays from where it
// is sung. Whoever scrolls away is left alone; the focus is never moved.

const ALONE = 4000; // milliseconds without following after the reader scrolled
const OURS = 1500; // so long a soft scroll of ours may take
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let touched = -ALONE; // when the reader scrolled
let ours = 0; // until when a scroll is our own

for (const name of ["wheel", "touchmove"]) document.addEventListener(name, () => { touched = performance.now(); }, { passive: true });
document.addEventListener("scroll", () => { if (performance.now() > ours) touched = performance.now(); }, { capture: true, passive: true });

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-at]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const id = link.closest("[data-track]").dataset.track;
  document.dispatchEvent(new CustomEvent("player:start", { detail: { id, at: Number(link.dataset.at) } }));
});

document.addEventListener("player:at", ({ detail: { id, at } }) => {
  for (const lyrics of document.querySelectorAll(".lyrics")) light(lyrics, lyrics.dataset.track === id ? at : -1);
});

function light(lyrics, at) {
  const before = lyrics.querySelector("[aria-current]");
  const sung = [...lyrics.querySelectorAll("[data-at]")].filter((line) => Number(line.dataset.at) <= at + 0.05).pop();
  if (sung === (before ?? undefined)) return;
  const wasSeen = isSeen(before ?? sung);
  before?.removeAttribute("aria-current");
  sung?.setAttribute("aria-current", "true");
  if (sung && performance.now() - touched > ALONE) follow(lyrics.closest("[data-follow]"), sung, wasSeen);
}

// The words over the page always follow; the page itself only while the song is being read.
function follow(frame, line, wasSeen) {
  const { top, height } = line.getBoundingClientRect();
  const behavior = calm.matches ? "instant" : "smooth";
  if (frame?.dataset.follow === "always") {
    ours = performance.now() + OURS;
    frame.scrollBy({ top: top + height / 2 - (frame.getBoundingClientRect().top + frame.clientHeight * 0.42), behavior });
  } else if (frame && wasSeen && document.getElementById("player-words").hidden) {
    ours = performance.now() + OURS;
    const by = top + height / 2 - floor() * 0.5;
    if (by > 0 || top < 0) scrollBy({ top: by, behavior });
  }
}

function isSeen(line) {
  if (!line) return false;
  const { top, bottom } = line.getBoundingClientRect();
  return bottom > 0 && top < floor();
}

function floor() {
  return document.getElementById("player").getBoundingClientRect().top;
}
