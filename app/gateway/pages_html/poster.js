// A take as a still, and one player for all of them: only what somebody looks at costs a decoder.

import { api } from "./server.js";

const stills = new Map();
const waiting = [];
let open = 0;

// A still of a take, from a third into it, where a shot has usually found its picture.
export function posterOf(take) {
  if (!stills.has(take.id)) {
    stills.set(take.id, new Promise((resolve, reject) => waiting.push({ take, resolve, reject })));
    next();
  }
  return stills.get(take.id);
}

function next() {
  while (open < 2 && waiting.length) {
    const { take, resolve, reject } = waiting.shift();
    open += 1;
    still(take).then(resolve, (problem) => {
      stills.delete(take.id);
      reject(problem);
    }).finally(() => {
      open -= 1;
      next();
    });
  }
}

async function still(take) {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, preload: "auto", src: api.takeUrl(take.id) });
  const until = (event) =>
    new Promise((resolve, reject) => {
      video.addEventListener(event, resolve, { once: true });
      video.addEventListener("error", () => reject(new Error("This take has no picture.")), { once: true });
      setTimeout(() => reject(new Error("This take did not load in time.")), 15000);
    });
  try {
    await until("loadeddata");
    const seeked = until("seeked");
    video.currentTime = video.duration / 3;
    await seeked;
    const canvas = document.createElement("canvas");
    canvas.width = Math.min(480, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
    return canvas;
  } finally {
    video.removeAttribute("src");
    video.load();
  }
}

const player = Object.assign(document.createElement("video"), { muted: true, loop: true, playsInline: true });
const still_please = matchMedia("(prefers-reduced-motion: reduce)");

export function playIn(place, take) {
  if (still_please.matches || !take) return;
  player.src = api.takeUrl(take.id);
  place.append(player);
  // It may be gone again before it could begin: then there is nothing to play.
  player.play().catch(() => stopIn(place));
}

export function stopIn(place) {
  if (player.parentNode !== place) return;
  player.pause();
  player.remove();
  player.removeAttribute("src");
}
