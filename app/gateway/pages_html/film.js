// The film: its player, the button that makes it, what is under way and why the rest waits.

import { busy, fill, h, problemBox, redraw, text, toast } from "./dom.js";
import { questionList } from "./questions.js";
import { api } from "./server.js";
import { sizeOf } from "./sheet.js";
import { count, seconds, when } from "./words.js";

export function filmPanel(production) {
  const { width, height } = sizeOf(production.project);
  const video = h("video", { controls: true, preload: "metadata", playsInline: true, hidden: true, "aria-label": "The film" });
  const empty = h("p", { class: "screen" }, "The film will play here.");
  for (const screen of [video, empty]) screen.style.aspectRatio = `${width} / ${height}`;
  const lead = h("p", { class: "lead" });
  const made = h("p", { class: "quiet" });
  const why = h("div");
  const make = h("button", { type: "button", class: "main", onclick: () => busy(make, start, place) }, "Make the film");
  const stop = h("button", { type: "button", onclick: () => busy(stop, () => production.cancel(), place) }, "Cancel");
  const bar = h("progress", { max: 1, value: 0, "aria-label": "Progress of the film" });
  const place = h("div");
  const live = h("div", { class: "live" });
  const failed = h("div", { class: "live" });
  const questions = questionList(production);
  const heard = h("p", { class: "unseen", "aria-live": "polite" });
  const files = h("p", { class: "files" });
  const element = h("section", { class: "film", "aria-label": "Film" }, h("div", {}, video, empty),
    h("div", { class: "side" }, lead, made, h("p", { class: "row" }, make, stop), bar, place, questions.element, live, failed, why, files, heard));
  let exporters = [];
  let quarter = 0;
  api.list("/exporters").then((found) => ((exporters = found), update())).catch(() => {});

  async function start() {
    const run = await production.makeFilm();
    if (run?.status === "succeeded" && !run.tasks?.length) toast("The film is up to date: nothing had to be made.");
  }

  function update() {
    const { assembly, running, cut } = production;
    const take = production.takeOf(assembly);
    showScreen(take);
    const working = running.length > 0;
    make.hidden = working || !assembly;
    stop.hidden = bar.hidden = !working;
    element.hidden = !assembly;
    text(lead, leadOf(cut));
    text(made, take ? `${take.name}, made ${when(take.created_at)}.` : "");
    const current = take && production.plan?.every((item) => item.reused);
    make.classList.toggle("main", !current);
    const tasks = (working ? running : [...production.views.values()].slice(-1)).flatMap((run) => run.tasks ?? []);
    questions.update(tasks);
    showFailures(tasks);
    if (working) showRuns(running);
    else showRest(assembly, take);
    const path = `/api/v1${production.path}/cut`;
    redraw(files, [take?.id, exporters.length, Boolean(cut)], () => [
      take && h("a", { href: api.takeUrl(take.id, "film"), download: "" }, "Download the film"),
      cut && exporters.map((e) => h("a", { href: `${path}/${e.name}`, download: "" }, e.title)),
    ]);
  }

  function showScreen(take) {
    video.hidden = !take;
    empty.hidden = Boolean(take);
    const url = take ? api.takeUrl(take.id, "film") : "";
    if (take && video.getAttribute("src") !== url) video.src = url;
  }

  function showRuns(runs) {
    const tasks = runs.flatMap((run) => run.tasks ?? []);
    const done = tasks.filter((task) => ["succeeded", "failed", "cancelled"].includes(task.status));
    const busyNow = tasks.filter((task) => ["assigned", "running", "waiting_for_input"].includes(task.status));
    const part = busyNow.reduce((sum, task) => sum + (production.progress.get(task.id)?.progress ?? 0) / 100, 0);
    bar.value = tasks.length ? (done.length + part) / tasks.length : 0;
    const reused = runs.reduce((sum, run) => sum + (run.reused ?? 0), 0);
    const places = new Map(production.queue.map((entry) => [entry.task_id, entry]));
    const waiting = tasks.filter((task) => ["queued", "blocked"].includes(task.status));
    fill(live,
      h("p", {}, `${done.length} of ${count(tasks.length, "step")} done`, reused ? `, ${reused} reused as they were` : ""),
      h("ul", { class: "steps" },
        busyNow.map((task) => step("generating", task, nowOf(task))),
        waiting.slice(0, 4).map((task) => step("pending", task,
          `${task.cause || "Waits for the steps before it."} Place ${places.get(task.id)?.position ?? "?"} in the queue.`)),
        waiting.length > 4 && h("li", { class: "quiet" }, `and ${waiting.length - 4} more that wait`)));
    redraw(why, null, () => []);
    const reached = Math.floor(4 * bar.value);
    if (reached !== quarter) text(heard, `The film is made to ${reached * 25} percent.`);
    quarter = reached;
  }

  function nowOf(task) {
    const now = production.progress.get(task.id);
    return now ? `${now.step} ${Math.round(now.progress)} %` : "Starting …";
  }

  const step = (state, task, words) =>
    h("li", { "data-state": state }, h("b", { class: "code" }, task.label), ` ${words}`);

  function showFailures(tasks) {
    // What failed only because something before it did is tried again together with that.
    const broken = tasks.filter((task) => task.status === "failed" && !task.error?.code?.startsWith("task.input_"));
    redraw(failed, broken.map((task) => [task.id, task.attempt]), () => [
      broken.slice(0, 8).map((task) => {
        const again = h("button", { type: "button", class: "small", onclick: () => busy(again, () => production.retry(task)) }, "Try again");
        const { message = "It failed.", hint } = task.error ?? {};
        return h("div", { class: "live" }, problemBox({ message: `${task.label}: ${message}`, hint }), h("p", {}, again));
      }),
      broken.length > 8 && h("p", { class: "quiet" }, `and ${broken.length - 8} more that failed`),
    ]);
  }

  function showRest(assembly, take) {
    const last = [...production.views.values()].at(-1);
    fill(live, last?.status === "cancelled" && h("p", { class: "quiet" }, "The last run was cancelled. What it had made is kept."));
    const wanted = (production.plan ?? []).filter((item) => !item.reused);
    const shots = wanted.filter((item) => item.node_id !== assembly?.id);
    const reasons = take ? (shots.length ? shots : wanted).filter((item) => item.reasons.length) : [];
    redraw(why, [wanted, Boolean(take), production.planProblem?.message, production.cut?.notes], () => [
      production.planProblem && problemBox(production.planProblem),
      production.plan && take && !wanted.length && h("p", { class: "quiet" }, "Everything in it is up to date."),
      shots.length > 0 && h("p", { class: "quiet" }, `${count(wanted.length, "step")} to make, ${production.plan.length - wanted.length} reused.`),
      reasons.length > 0 && h("details", { open: true }, h("summary", {}, "Why the film is out of date"),
        h("ul", { class: "steps" }, reasons.slice(0, 8).map((item) => h("li", { "data-state": "stale" },
          h("b", { class: "code" }, item.label), ` ${item.reasons.join(" ")}`)),
        reasons.length > 8 && h("li", { class: "quiet" }, `and ${reasons.length - 8} more`))),
      (production.cut?.notes ?? []).map((note) => h("p", { class: "quiet" }, note)),
    ]);
  }

  function leadOf(cut) {
    if (!cut) return "";
    return `${count(cut.clips.length, "shot")}, ${seconds(cut.frames / production.rate)}: ${cut.frames} frames from ${cut.start_timecode}`;
  }

  return { element, update };
}
