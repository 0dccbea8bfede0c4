// The player: one <audio> outside <main>, so that the song goes on while one browses. It owns what sounds and where;
// titles, covers and waveforms come from the server as HTML.

const STEP = 5; // seconds a key moves
const audio = document.getElementById("audio");
const player = document.getElementById("player");
const seek = document.getElementById("player-seek");
const volume = document.getElementById("player-volume");
const mute = document.getElementById("player-mute");
const toggle = document.getElementById("player-play");
const waves = new WeakMap(); // svg -> {bars, cut}
const remembered = read();
let current = "";
let list = [];
let waiting = 0; // a place to begin at, once the sound is there
let heard = 0; // the last place that was shown

audio.preload = "metadata";
volume.value = remembered.volume ?? 80;
sound();
if (remembered.id) choose(remembered.id, remembered.list ?? [], remembered.at ?? 0);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-play]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  if (link.dataset.play === current) flip();
  else start(link.dataset.play, neighbours(link), shared(link.dataset.play));
});
document.addEventListener("player:start", ({ detail: { id, at } }) => {
  if (id === current) jump(at);
  else choose(id, list.includes(id) ? list : [id], at);
  play();
});
document.addEventListener("htmx:after:process", () => mark());
toggle.addEventListener("click", flip);
document.getElementById("player-back").addEventListener("click", back);
document.getElementById("player-next").addEventListener("click", () => move(1));
seek.addEventListener("input", () => jump(Number(seek.value)));
volume.addEventListener("input", () => { audio.muted = false; sound(); save(); });
mute.addEventListener("click", () => { audio.muted = !audio.muted; sound(); });
addEventListener("pagehide", save);
player.addEventListener("player:gone", hush);

audio.addEventListener("loadedmetadata", () => {
  if (waiting && !(waiting >= audio.duration)) audio.currentTime = waiting; // this take may be shorter
  waiting = 0;
  draw();
});
audio.addEventListener("timeupdate", draw);
audio.addEventListener("seeked", draw);
audio.addEventListener("play", mark);
audio.addEventListener("pause", () => { mark(); save(); });
audio.addEventListener("ended", () => { if (!move(1)) { jump(0); mark(); } });
audio.addEventListener("error", () => {
  if (!audio.getAttribute("src")) return;
  waiting = heard; // the next press tries again from here
  audio.pause();
  document.getElementById("announce").textContent = "This song cannot be played.";
  mark();
});
setInterval(() => { if (!audio.paused) save(); }, 5000);

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!current || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const isSeek = target.matches?.("#player-seek, #score-seek");
  if (target.matches?.("input, textarea, select") && !isSeek) return;
  if (key === " " && !target.closest?.("button, a, summary")) flip();
  else if (key === "ArrowLeft") jump(place() - STEP);
  else if (key === "ArrowRight") jump(place() + STEP);
  else return;
  event.preventDefault();
});

function start(id, songs, at = 0) {
  choose(id, songs, at);
  play();
}

function choose(id, songs, at) {
  current = id;
  list = songs.includes(id) ? songs : [id];
  waiting = at;
  audio.src = `/tracks/${id}/audio.flac`;
  player.hidden = false;
  player.dataset.track = id;
  delete document.body.dataset.silent;
  htmx.ajax("GET", `/tracks/${id}/player`, { source: player, target: player, swap: "none" });
  mark();
  save();
}

// The song is not there any more.
function hush() {
  audio.pause();
  audio.removeAttribute("src");
  current = "";
  player.hidden = true;
  document.body.dataset.silent = "";
  save();
}

function play() {
  if (audio.error) audio.load();
  audio.play().catch(() => mark()); // refused or gone: the key shows it
}

function flip() {
  if (audio.paused) play();
  else audio.pause();
}

function back() {
  if (place() > 4 || !move(-1)) jump(0);
}

function move(by) {
  const next = list[list.indexOf(current) + by];
  if (!next) return false;
  start(next, list);
  return true;
}

function jump(to) {
  const at = Math.min(Math.max(0, to), Math.max(0, length() - 0.1));
  if (audio.readyState > 0) audio.currentTime = at;
  else waiting = at;
  draw();
}

function place() {
  return waiting || (audio.error ? heard : audio.currentTime);
}

function length() {
  return Number.isFinite(audio.duration) ? audio.duration : Number(song()?.dataset.duration) || 0;
}

function song() {
  return document.querySelector("#player-song > [data-track]");
}

function neighbours(link) {
  const links = link.closest("ol")?.querySelectorAll("[data-play]") ?? [link];
  return [...new Set([...links].map((each) => each.dataset.play))];
}

// From one take to another of the same job: the place in the song is kept, so that they can be compared.
function shared(id) {
  const takes = [...document.querySelectorAll("[data-compare] [data-track]")].map((take) => take.dataset.track);
  return takes.includes(id) && takes.includes(current) ? place() : 0;
}

// Everything that shows the present song says so.
function mark() {
  const isSounding = !audio.paused;
  for (const element of document.querySelectorAll("[data-track]")) {
    const isCurrent = element.dataset.track === current;
    element.toggleAttribute("data-playing", isCurrent);
    element.toggleAttribute("data-sounding", isCurrent && isSounding);
    if (!isCurrent) for (const svg of element.querySelectorAll("svg.wave")) paint(svg, 0);
  }
  for (const link of document.querySelectorAll(".track__play, .shelf__link, .take__play")) {
    const verb = link.dataset.play === current && isSounding ? "Pause" : "Play";
    link.setAttribute("aria-label", `${verb} ${link.textContent.trim()}`);
  }
  toggle.setAttribute("aria-label", isSounding ? "Pause" : "Play");
  document.getElementById("player-back").disabled = false;
  document.getElementById("player-next").disabled = isLast();
  draw();
}

function draw() {
  const [at, all] = [place(), length()];
  heard = at;
  seek.max = all || 1;
  seek.value = at;
  const section = sectionAt(at);
  seek.setAttribute("aria-valuetext", `${clock(at)} of ${clock(all)}${section && `, ${section}`}`);
  write("player-now", clock(at));
  write("player-section", section && `, ${section}`);
  for (const svg of document.querySelectorAll(`[data-playing] svg.wave, #player-sky svg.wave`)) paint(svg, all ? at / all : 0);
  document.dispatchEvent(new CustomEvent("player:at", { detail: { id: current, at, all } }));
}

function write(id, text) {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) element.textContent = text;
}

// Two groups colour a waveform; this moves the border between them.
function paint(svg, part) {
  const [heard, rest] = svg.querySelectorAll("path");
  if (!waves.has(svg)) waves.set(svg, { bars: (heard.getAttribute("d") + rest.getAttribute("d")).split(/(?=M)/), cut: -1 });
  const wave = waves.get(svg);
  const cut = Math.round(wave.bars.length * part);
  if (cut === wave.cut) return;
  wave.cut = cut;
  heard.setAttribute("d", wave.bars.slice(0, cut).join(""));
  rest.setAttribute("d", wave.bars.slice(cut).join(""));
}

function sectionAt(at) {
  const marks = document.querySelector(".player__wave")?.dataset.sections;
  if (!marks) return "";
  const found = marks.split("|").map((each) => each.split(":")).filter(([begin]) => Number(begin) <= at + 0.01).pop();
  return found ? found[1] : "";
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function sound() {
  audio.volume = (Number(volume.value) / 100) ** 2; // as loudness is heard
  mute.setAttribute("aria-pressed", String(audio.muted));
}

function isLast() {
  return list.indexOf(current) >= list.length - 1;
}

function save() {
  localStorage.setItem("player", JSON.stringify({ id: current, list: list.slice(0, 500), at: Math.floor(place()), volume: Number(volume.value) }));
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem("player")) ?? {};
    return /^[0-9a-f]{32}$/.test(kept.id ?? "") ? kept : { volume: kept.volume };
  } catch {
    return {};
  }
}
