// A screenplay on its way in: dropped or chosen, previewed, confirmed, and what the import did.

import { busy, fill, h, problemBox, toast } from "./dom.js";
import { api } from "./server.js";
import { count, seconds } from "./words.js";

export const FORMATS = ".fountain,.fdx,.txt,.spmd,.md,text/plain,application/xml";
const LARGEST = 64 * 1024 * 1024;

// A place that takes a file by drop, by click and by keyboard.
export function dropZone(words, hint, take) {
  const input = h("input", { type: "file", accept: FORMATS, class: "unseen", onchange: () => {
    if (input.files[0]) take(input.files[0]);
    input.value = "";
  } });
  const zone = h("label", { class: "drop" }, input, h("b", {}, words), h("span", { class: "quiet" }, hint));
  const over = (is) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", is);
  };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
  return zone;
}

export async function previewScript(production, file, done) {
  const place = h("div", { "aria-live": "polite" }, h("p", { class: "quiet" }, `Reading ${file.name} …`));
  const confirm = h("button", { type: "button", class: "main", hidden: true, onclick: () => busy(confirm, bring, place) },
    production.script ? "Bring in what changed" : "Import");
  const dialog = h("dialog", { class: "wide", "aria-labelledby": "script-title" },
    h("h2", { id: "script-title" }, file.name), place,
    h("p", { class: "row" }, confirm, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  try {
    if (file.size > LARGEST) throw { message: "This file is larger than 64 MB.", hint: "A screenplay is text: is this the right file?" };
    const found = await api.send("/scripts/breakdown", file);
    fill(place, breakdown(found), production.script &&
      h("p", { class: "quiet" }, "A screenplay is here already. Only what changed in it is changed, and what people edited is kept."));
    confirm.hidden = false;
    confirm.focus();
  } catch (problem) {
    fill(place, problemBox(problem));
  }

  async function bring() {
    const imported = await api.send(`${production.path}/scripts`, file);
    dialog.close();
    toast("The screenplay is in.");
    await done(imported);
  }
}

function breakdown({ scenes, characters, locations }) {
  const shots = scenes.flatMap((scene) => scene.shots);
  const length = shots.reduce((sum, shot) => sum + shot.duration_estimate, 0);
  return [
    h("p", { class: "lead" }, [count(scenes.length, "scene"), count(shots.length, "shot"), count(characters.length, "character"),
      count(locations.length, "place"), `about ${seconds(length)}`].join(", "), "."),
    characters.length > 0 && h("p", {}, h("b", {}, "Characters: "), characters.map((character) => character.name).join(", ")),
    locations.length > 0 && h("p", {}, h("b", {}, "Places: "), locations.join(", ")),
    h("div", { class: "scroll", tabIndex: 0, role: "region", "aria-label": "Scenes" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Scene", "Who", "Shots", "Length"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, scenes.map((scene) => h("tr", {},
        h("td", {}, scene.heading || "Without a heading"),
        h("td", {}, scene.characters.join(", ")),
        h("td", {}, String(scene.shots.length)),
        h("td", {}, seconds(scene.shots.reduce((sum, shot) => sum + shot.duration_estimate, 0)))))))),
  ];
}

// What an import did, in the sentences of the server.
export function importSummary({ summary, scenes, shots }) {
  const parts = [
    ["Added", summary.added],
    ["Changed", summary.changed],
    ["Taken out", summary.removed],
    ["Kept, because people worked on it", summary.retained],
    ["Both the script and people changed it; people's words stand", summary.conflicts],
  ].filter(([, sentences]) => sentences.length);
  return h("div", { class: "card", role: "status" },
    h("b", {}, `The screenplay gives ${count(scenes, "scene")} and ${count(shots, "shot")}.`),
    parts.length ? parts.map(([name, sentences]) => h("details", { open: sentences.length < 6 },
      h("summary", {}, `${name} (${sentences.length})`),
      h("ul", {}, sentences.map((sentence) => h("li", {}, sentence)))))
      : h("p", {}, "Nothing in it has changed."));
}
