// The projects of the studio, and the form of one: title, picture, quality.

import { busy, choice, field, fill, h } from "./dom.js";
import { dropZone } from "./script.js";
import { api } from "./server.js";
import { QUALITIES, RATES, rateName, when } from "./words.js";

const SIZES = [
  ["1920x1080", "1920 × 1080 (Full HD)"],
  ["1280x720", "1280 × 720 (HD, quicker)"],
  ["3840x2160", "3840 × 2160 (4K)"],
  ["1920x804", "1920 × 804 (wide screen)"],
  ["1440x1080", "1440 × 1080 (4:3)"],
  ["1080x1920", "1080 × 1920 (upright)"],
];

export async function showProjects(main, { onOpen }) {
  const list = h("ul", { class: "projects" }, h("li", { class: "quiet" }, "Looking …"));
  const create = (file) => projectDialog(null, file, onOpen);
  fill(main,
    h("div", { class: "row" }, h("h1", {}, "Projects"),
      h("button", { type: "button", class: "main", onclick: () => create() }, "New project")),
    dropZone("Drop a screenplay to begin a film", "Fountain, Final Draft (FDX) or plain text. Or click to choose one.", create),
    list);
  const projects = await api.list("/projects");
  fill(list, projects.length
    ? projects.map((project) => h("li", {}, h("a", { href: `#/project/${project.id}` },
      h("b", {}, project.title),
      h("span", { class: "quiet" }, formatOf(project)),
      h("span", { class: "quiet" }, `Changed ${when(project.modified_at)}`))))
    : h("li", { class: "quiet" }, "None yet: drop a screenplay above, or make an empty project."));
}

export function formatOf({ settings, quality }) {
  const tier = QUALITIES.find(([id]) => id === quality)[1].split(" – ")[0];
  return `${settings.resolution.replace("x", " × ")} · ${rateName(settings.frame_rate)} fps · ${tier}`;
}

// Makes a project, or changes one; `file` is a screenplay to go on with.
export function projectDialog(project, file, done) {
  const settings = project?.settings ?? { resolution: "1920x1080", frame_rate: 24 };
  const known = SIZES.some(([id]) => id === settings.resolution);
  const [wide, high] = settings.resolution.split("x");
  const title = h("input", { type: "text", required: true, maxlength: "200", value: project?.title ?? file?.name.replace(/\.\w+$/, "").replaceAll(/[_-]+/g, " ") ?? "" });
  const size = choice([...SIZES, ["", "Another size …"]], known ? settings.resolution : "");
  const width = h("input", { type: "number", min: "64", max: "8192", step: "2", value: wide });
  const height = h("input", { type: "number", min: "64", max: "8192", step: "2", value: high });
  const other = h("div", { class: "trio", hidden: known }, field("Width", width), field("Height", height));
  size.addEventListener("change", () => (other.hidden = size.value !== ""));
  const rate = choice(RATES, String(settings.frame_rate));
  const quality = choice(QUALITIES, project?.quality ?? "standard");
  const place = h("div");
  const button = h("button", { class: "main" }, project ? "Save" : "Make the project");
  const form = h("form", { onsubmit: (event) => (event.preventDefault(), busy(button, send, place)) },
    h("h2", { id: "project-title" }, project ? "Project settings" : "New project"),
    field("Title", title), field("Picture", size), other,
    field("Frames a second", rate), field("Quality", quality), place,
    h("p", { class: "row" }, button, h("button", { type: "button", onclick: () => dialog.close() }, "Cancel")));
  const dialog = h("dialog", { "aria-labelledby": "project-title" }, form);
  dialog.addEventListener("close", () => dialog.remove());

  async function send() {
    const resolution = size.value || `${width.value}x${height.value}`;
    const body = {
      title: title.value,
      quality: quality.value,
      settings: {
        resolution,
        frame_rate: rate.value.includes("/") ? rate.value : Number(rate.value),
        aspect_ratio: proportions(resolution),
      },
    };
    const made = await (project ? api.patch(`/projects/${project.id}`, body) : api.post("/projects", body));
    dialog.close();
    done(made, file);
  }

  document.body.append(dialog);
  dialog.showModal();
}

function proportions(resolution) {
  const [width, height] = resolution.split("x").map(Number);
  const divisor = (a, b) => (b ? divisor(b, a % b) : a);
  const common = divisor(width, height) || 1;
  return `${width / common}:${height / common}`;
}
