// The contact sheet: scenes with their shots, each as its active take, with its state.

import { busy, fill, h, text } from "./dom.js";
import { playIn, posterOf, stopIn } from "./poster.js";
import { openShot } from "./shot.js";
import { count, seconds, termOf } from "./words.js";

const MARKS = { idle: "○", pending: "◔", generating: "◑", success: "●", error: "✕", stale: "◐" };
const NAMES = { error: "Failed", stale: "Out of date" };

export function contactSheet(production) {
  const place = h("div", { class: "sheet" });
  const cards = new Map();
  let shape = "";
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const card = cards.get(entry.target.dataset.id);
      if (card) card.seen = entry.isIntersecting;
      if (entry.isIntersecting) card?.picture();
    }
  }, { rootMargin: "300px" });

  function update() {
    const scenes = production.scenes.map((scene) => [scene, production.shots(scene)]);
    const inCut = new Map((production.cut?.clips ?? []).map((clip) => [clip.shot, clip.frames]));
    const now = JSON.stringify(scenes.map(([scene, shots]) =>
      [scene.id, scene.data.code, scene.data.heading, scene.text.summary, shots.map((shot) => shot.id)]));
    if (now !== shape) {
      shape = now;
      const wanted = new Set(scenes.flatMap(([, shots]) => shots.map((shot) => shot.id)));
      for (const [id, card] of cards) if (!wanted.has(id) && seen.unobserve(card.element) === undefined) cards.delete(id);
      fill(place, scenes.map(([scene, shots]) => sceneSection(scene, shots)));
    }
    for (const [, shots] of scenes) for (const shot of shots) cards.get(shot.id).update(shot, inCut.get(shot.id));
    for (const [scene, shots] of scenes) {
      const frames = shots.reduce((sum, shot) => sum + (inCut.get(shot.id) ?? 0), 0);
      text(document.getElementById(`length-${scene.id}`),
        `${count(shots.length, "shot")}, ${seconds(frames / production.rate)}`);
    }
  }

  function sceneSection(scene, shots) {
    const { code, heading } = scene.data;
    return h("section", { "aria-label": `Scene ${code}` },
      h("header", { class: "scene" },
        h("span", { class: "code" }, `SCENE_${code}`),
        h("h2", {}, heading || "Without a heading"),
        h("span", { class: "quiet", id: `length-${scene.id}` })),
      scene.text.summary && h("p", { class: "quiet clamp" }, scene.text.summary),
      h("ol", { class: "shots" }, shots.map((shot) => {
        if (!cards.has(shot.id)) {
          cards.set(shot.id, new Card(production, shot));
          seen.observe(cards.get(shot.id).element);
        }
        return cards.get(shot.id).element;
      })));
  }

  return { element: place, update };
}

class Card {
  constructor(production, shot) {
    this.production = production;
    const { width, height } = sizeOf(production.project);
    this.picturePlace = h("span", { class: "picture" });
    this.picturePlace.style.aspectRatio = `${width} / ${height}`;
    this.title = h("b", { class: "code" });
    this.length = h("span", { class: "quiet" });
    this.framing = h("span", { class: "quiet" });
    this.prompt = h("span", { class: "prompt clamp" });
    this.bar = h("progress", { max: 100, value: 0, hidden: true });
    this.mark = h("span", { class: "mark", "aria-hidden": "true" });
    this.state = h("span");
    this.open = h("button", { type: "button", class: "open", onclick: () => openShot(production, this.shot) },
      this.picturePlace, h("span", { class: "line" }, this.title, this.length), this.framing, this.prompt);
    this.action = h("button", { type: "button", class: "small", onclick: () => this.act() });
    this.element = h("li", { class: "shot", "data-id": shot.id }, this.open, this.bar,
      h("p", { class: "state" }, this.mark, this.state), this.action);
    const play = () => playIn(this.picturePlace, this.take);
    const stop = () => stopIn(this.picturePlace);
    this.open.addEventListener("pointerenter", play);
    this.open.addEventListener("pointerleave", stop);
    this.open.addEventListener("focus", () => this.open.matches(":focus-visible") && play());
    this.open.addEventListener("blur", stop);
  }

  update(shot, frames) {
    const { production } = this;
    const state = production.stateOf(shot);
    const { shot_type, camera_movement, code, duration_estimate } = shot.data;
    this.shot = shot;
    this.stateNow = state;
    text(this.title, `SHOT_${code}`);
    text(this.length, frames ? seconds(frames / production.rate) : `${seconds(duration_estimate ?? 4)}, not in the film`);
    text(this.framing, `${termOf(shot_type ?? "medium")} · ${termOf(camera_movement ?? "static")}`);
    text(this.prompt, shot.text.dialogue_content || shot.text.prompt || "");
    this.element.dataset.state = state.name;
    text(this.mark, MARKS[state.name]);
    text(this.state, NAMES[state.name] ? `${NAMES[state.name]}: ${state.words}` : state.words);
    this.bar.hidden = state.name !== "generating";
    this.bar.value = state.progress ?? 0;
    this.bar.setAttribute("aria-label", `Progress of SHOT_${code}`);
    const made = production.takeOf(shot);
    text(this.action, state.name === "error" ? "Try again" : made ? "New take" : "Generate");
    this.action.setAttribute("aria-label", `${this.action.textContent}: SHOT_${code}`);
    this.action.hidden = state.name === "pending" || state.name === "generating";
    if (made?.id !== this.take?.id) {
      this.take = made;
      if (this.seen) this.picture();
    }
  }

  act() {
    const { production, shot, stateNow } = this;
    return busy(this.action, () =>
      stateNow.name === "error" ? production.retry(stateNow.task) : production.generate(shot));
  }

  async picture() {
    const { take } = this;
    if (!take || this.shown === take.id) return;
    try {
      const still = await posterOf(take);
      if (this.take !== take) return;
      this.shown = take.id;
      const copy = h("canvas", { width: still.width, height: still.height });
      copy.getContext("2d").drawImage(still, 0, 0);
      this.picturePlace.querySelector("canvas")?.remove();
      this.picturePlace.prepend(copy);
    } catch {
      this.picturePlace.title = "The picture of this take could not be loaded.";
    }
  }
}

export function sizeOf(project) {
  const [width, height] = project.settings.resolution.split("x").map(Number);
  return { width, height };
}
