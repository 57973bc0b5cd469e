// A project's page: the film, the contact sheet, and beside them script, problems and history.

import { fill, h, problemBox, redraw } from "./dom.js";
import { filmPanel } from "./film.js";
import { Production } from "./production.js";
import { formatOf, projectDialog } from "./projects.js";
import { dropZone, importSummary, previewScript } from "./script.js";
import { api } from "./server.js";
import { contactSheet } from "./sheet.js";
import { count, when } from "./words.js";

export async function showProject(main, id, file) {
  fill(main, h("p", { class: "quiet" }, "Opening the project …"));
  const production = new Production(await api.get(`/projects/${id}`));
  const { project } = production;
  const film = filmPanel(production);
  const sheet = contactSheet(production);
  const trouble = h("div");
  const report = h("div");
  const problems = h("details", { class: "panel", hidden: true });
  const historyList = h("ol", { class: "history" });
  const bringIn = (chosen) => previewScript(production, chosen, async (imported) => {
    fill(report, importSummary(imported));
    await production.wake(true);
  });
  const zone = dropZone("Drop a screenplay here", "or click to choose. You see what is in it first.", bringIn);
  const settings = h("button", { type: "button", class: "small", onclick: () =>
    projectDialog(project, undefined, () => location.reload()) }, "Settings");

  const columns = h("div", { class: "columns" }, h("div", { class: "sheet" }, report, sheet.element),
    h("aside", {}, zone, problems, h("details", { class: "panel" }, h("summary", {}, "History"), historyList)));

  fill(main,
    h("div", { class: "row" }, h("a", { class: "back", href: "#/" }, "‹ Projects"), h("h1", {}, project.title), h("span", { class: "quiet" }, formatOf(project)), settings),
    trouble, film.element,
    columns);
  document.title = `${project.title} – Movie Director`;

  production.addEventListener("change", () => {
    redraw(trouble, production.away?.message ?? "", () => production.away && problemBox(production.away));
    film.update();
    sheet.update();
    columns.classList.toggle("fresh", !production.script);
    problems.hidden = !production.problems.length;
    redraw(problems, production.problems, () => [
      h("summary", {}, count(production.problems.length, "problem")),
      h("ul", {}, production.problems.slice(0, 50).map((problem) => h("li", {},
        h("b", { class: "code" }, production.label(problem.node_id)), ` ${problem.message} ${problem.hint}`))),
    ]);
    redraw(historyList, production.history.map((commit) => commit.id), () =>
      production.history.map((commit) => h("li", {}, h("p", {}, commit.message),
        h("small", { class: "quiet" }, `${commit.author.name}, ${when(commit.at)}, ${commit.id.slice(0, 8)}`))));
  });
  await production.open();
  if (file) bringIn(file);
  return () => production.close();
}
