// The studio's health at a glance: one word in the header, each part behind it.

import { fill, h, text } from "./dom.js";
import { api } from "./server.js";
import { count } from "./words.js";

const WORDS = { ok: "Studio is well", not_configured: "Not used", degraded: "Works, with less", failed: "Not working" };
const MARKS = { ok: "●", not_configured: "○", degraded: "◐", failed: "✕" };

export function healthPanel() {
  const mark = h("span", { class: "mark", "aria-hidden": "true" }, "○");
  const word = h("span", {}, "Looking …");
  const body = h("div", { class: "popover" });
  const panel = h("details", { class: "health" }, h("summary", {}, mark, word), body);

  async function look() {
    let health, workers = null, plugins = null;
    try {
      health = await api.get("/health");
    } catch (problem) {
      health = { state: "failed", parts: [{ part: "studio", state: "failed", message: problem.message, remedy: problem.hint }] };
    }
    panel.dataset.state = health.state;
    text(mark, MARKS[health.state]);
    text(word, WORDS[health.state]);
    if (!panel.open) return;
    // Both need a login; without one the health alone is shown.
    [workers, plugins] = await Promise.all(
      ["/workers", "/plugins"].map((path) => api.list(path).catch(() => null)));
    fill(body, h("h2", {}, "Health"), health.parts.map(partLine),
      workers && workerLines(workers), plugins && pluginLines(plugins),
      h("p", { class: "quiet" }, h("a", { href: "/api/docs" }, "The API of this studio")));
  }

  panel.addEventListener("toggle", () => panel.open && look());
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel.open) {
      panel.open = false;
      panel.querySelector("summary").focus();
    }
  });
  document.addEventListener("pointerdown", (event) => {
    if (!panel.contains(event.target)) panel.open = false;
  });
  look();
  setInterval(() => document.hidden || look(), 15000);
  return panel;
}

function partLine({ part, state, message, remedy }) {
  return h("p", { class: `part ${state}` },
    h("span", { class: "mark", "aria-label": state }, MARKS[state]),
    h("span", {}, h("b", {}, part), ` ${message}`, remedy && h("small", {}, remedy)));
}

function workerLines(workers) {
  return [
    h("h2", {}, count(workers.length, "worker")),
    workers.map((worker) => partLine({
      part: worker.name,
      state: "ok",
      message: `${worker.device.toUpperCase()}, ${worker.busy_with ? "at work" : "free"}`,
    })),
  ];
}

function pluginLines(plugins) {
  const broken = plugins.filter((plugin) => plugin.state !== "loaded");
  return [
    h("h2", {}, `${count(plugins.length, "plugin")}${broken.length ? "" : ", all loaded"}`),
    broken.map((plugin) => partLine({
      part: plugin.name,
      state: plugin.state === "failed" ? "failed" : "degraded",
      message: plugin.errors.join(" "),
    })),
  ];
}
