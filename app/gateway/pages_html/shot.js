// One shot, opened: its takes with the one that counts, and what it shows, to be edited.

import { busy, choice, field, fill, h, text, toast } from "./dom.js";
import { api } from "./server.js";
import { MOVEMENTS, SHOT_TYPES, seconds, when } from "./words.js";

const TEXTS = [
  ["prompt", "What we see", 4],
  ["dialogue_content", "Dialogue", 3, "One speech a line: MARA: It is late. Or: MARA (softly): It is late."],
  ["composition_notes", "Composition", 2],
];

export function openShot(production, opened) {
  let shot = opened;
  const all = production.scenes.flatMap((scene) => production.shots(scene));
  const title = h("h2", { id: "shot-title" });
  const state = h("p", { class: "state" });
  const video = h("video", { controls: true, loop: true, playsInline: true, preload: "metadata", "aria-label": "Take" });
  const takes = h("ul", { class: "takes" });
  const place = h("div");
  const boxes = {};
  let written = {};
  let viewed = null;

  const texts = TEXTS.map(([key, label, rows, hint]) =>
    field(label, (boxes[`text.${key}`] = h("textarea", { rows })), hint));
  boxes["data.shot_type"] = choice(SHOT_TYPES);
  boxes["data.camera_movement"] = choice(MOVEMENTS);
  boxes["data.duration_estimate"] = h("input", { type: "number", min: "0.1", max: "3600", step: "any", required: true });

  const save = h("button", { class: "main" }, "Save");
  const generate = h("button", { type: "button", onclick: () => busy(generate, saveAndGenerate, place) }, "Generate a new take");
  const form = h("form", { onsubmit: (event) => (event.preventDefault(), busy(save, saveAll, place)) },
    texts,
    h("div", { class: "trio" }, field("Shot size", boxes["data.shot_type"]),
      field("Camera", boxes["data.camera_movement"]), field("Seconds", boxes["data.duration_estimate"])),
    place, h("p", { class: "row" }, save, generate));

  const close = h("button", { type: "button", class: "small", onclick: () => mayLeave() && dialog.close() }, "Close");
  const go = (by, name) => h("button", { type: "button", class: "small", onclick: () => step(by) }, name);
  const previous = go(-1, "‹ Previous");
  const next = go(1, "Next ›");
  const version = h("button", { type: "button", class: "small", onclick: () => busy(version, beginVersion, place) });
  const dialog = h("dialog", { class: "wide", "aria-labelledby": "shot-title" },
    h("header", { class: "row" }, title, previous, next, close),
    h("div", { class: "two" }, h("div", {}, video, state, h("h3", {}, "Takes"), takes, version), form));
  dialog.addEventListener("cancel", (event) => mayLeave() || event.preventDefault());
  dialog.addEventListener("close", () => {
    production.removeEventListener("change", refresh);
    dialog.remove();
  });
  production.addEventListener("change", refresh);

  const valueOf = (node, path) => {
    const [kind, key] = path.split(".");
    const value = node[kind][key];
    return value ?? { shot_type: "medium", camera_movement: "static", duration_estimate: 4 }[key] ?? "";
  };
  const changes = () => Object.entries(boxes).filter(([path, box]) => box.value !== written[path]);
  const unsaved = () => changes().length > 0;
  const mayLeave = () => !unsaved() || confirm("Leave without saving?");

  function step(by) {
    if (!mayLeave()) return;
    const at = all.findIndex((other) => other.id === shot.id) + by;
    if (all[at]) show(all[at]);
  }

  function show(next) {
    shot = production.nodes.get(next.id) ?? next;
    viewed = null;
    written = {};
    for (const [path, box] of Object.entries(boxes)) box.value = written[path] = String(valueOf(shot, path));
    place.replaceChildren();
    refresh();
  }

  // Others may write meanwhile: what is not being edited here follows.
  function refresh() {
    const now = production.nodes.get(shot.id);
    if (!now) return dialog.close();
    shot = now;
    for (const [path, box] of Object.entries(boxes)) {
      const value = String(valueOf(shot, path));
      if (box.value === written[path] && box.value !== value) box.value = value;
      written[path] = value;
    }
    const told = production.stateOf(shot);
    text(title, production.label(shot.id));
    dialog.dataset.state = told.name;
    text(state, told.name === "generating" ? `${told.words} ${Math.round(told.progress)} %` : told.words);
    const at = all.findIndex((other) => other.id === shot.id);
    previous.disabled = !all[at - 1];
    next.disabled = !all[at + 1];
    text(version, `Begin version ${(shot.data.version ?? 1) + 1}`);
    generate.hidden = told.name === "pending" || told.name === "generating";
    const active = production.takeOf(shot);
    const chosen = production.takes.get(viewed) ?? active;
    video.hidden = !chosen;
    const url = chosen ? api.takeUrl(chosen.id) : "";
    if (chosen && video.getAttribute("src") !== url) video.src = url;
    listTakes(active, chosen);
  }

  function listTakes(active, chosen) {
    const known = production.takesOf(shot.id).reverse();
    const key = `${shot.id} ${known.length} ${active?.id} ${chosen?.id}`;
    if (takes.dataset.key === key) return;
    takes.dataset.key = key;
    fill(takes, known.length ? known.map((take) => {
      const look = h("button", {
        type: "button", class: "small", "aria-pressed": String(take === chosen),
        onclick: () => ((viewed = take.id), refresh(), video.play().catch(() => {})),
      }, `v${take.version} take ${take.number}`);
      const use = h("button", { type: "button", class: "small", onclick: () => busy(use, () => production.choose(shot, take), place) }, "Use this take");
      const made = [take.made_by.backend, take.made_by.seconds && seconds(take.made_by.seconds), when(take.created_at)];
      return h("li", {}, look, h("span", { class: "quiet" }, made.filter(Boolean).join(" · ")),
        take === active ? h("b", {}, "● In the film") : use);
    }) : h("li", { class: "quiet" }, "None yet."));
  }

  async function saveAll() {
    if (!boxes["data.duration_estimate"].reportValidity()) return;
    const values = Object.fromEntries(changes().map(([path, box]) =>
      [path, path === "data.duration_estimate" ? Number(box.value) : box.value]));
    if (!Object.keys(values).length) return toast("Nothing was changed.");
    for (const path of Object.keys(values)) written[path] = boxes[path].value;
    const { conflicts } = await production.write(shot, values);
    toast(conflicts?.length ? "Saved, over what somebody else wrote at the same time." : "Saved.");
  }

  async function beginVersion() {
    await production.newVersion(shot);
    toast(`Version ${shot.data.version}: its takes count from 1 again. Generate makes the first.`);
  }

  async function saveAndGenerate() {
    if (unsaved()) await saveAll();
    await production.generate(shot);
  }

  show(shot);
  document.body.append(dialog);
  dialog.showModal();
}
