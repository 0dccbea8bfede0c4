// The keys of keyboards, headphones and the lock screen: they are told what plays and where, and press what the player has.

const SKIP = 10; // seconds
const session = navigator.mediaSession;
const audio = document.getElementById("audio");
const player = document.getElementById("player");
const seek = document.getElementById("player-seek");

if (session) {
  document.addEventListener("htmx:after:process", tell);
  for (const name of ["play", "pause", "loadedmetadata", "seeked"]) audio.addEventListener(name, tell);
}

function tell() {
  if (player.hidden) session.metadata = null;
  const song = document.querySelector("#player-song > [data-track]");
  if (player.hidden || !song || song.dataset.track !== player.dataset.track) return;
  const { title, about } = song.dataset;
  if (session.metadata?.title !== title || session.metadata.artist !== about) {
    const artwork = [{ src: song.querySelector("img").src, sizes: "any", type: "image/svg+xml" }];
    session.metadata = new MediaMetadata({ title, artist: about, album: "MusicGen Local", artwork });
  }
  session.playbackState = audio.paused ? "paused" : "playing";
  const { duration, playbackRate } = audio;
  if (duration) session.setPositionState?.({ duration, playbackRate, position: Math.min(Number(seek.value), duration) });
  offer();
}

function offer() {
  const place = () => Number(seek.value);
  const acts = {
    play: () => { if (audio.paused) press("play"); },
    pause: () => { if (!audio.paused) press("play"); },
    stop: () => { audio.pause(); go(0); },
    previoustrack: () => press("back"),
    nexttrack: document.getElementById("player-next").disabled ? null : () => press("next"),
    seekbackward: ({ seekOffset }) => go(place() - (seekOffset || SKIP)),
    seekforward: ({ seekOffset }) => go(place() + (seekOffset || SKIP)),
    seekto: ({ seekTime }) => go(seekTime),
  };
  for (const [name, act] of Object.entries(acts)) {
    try {
      session.setActionHandler(name, act);
    } catch { /* this browser does not know it */ }
  }
}

function press(name) {
  document.getElementById(`player-${name}`).click();
}

function go(at) {
  seek.value = at;
  seek.dispatchEvent(new Event("input", { bubbles: true }));
}
