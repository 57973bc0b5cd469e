// One project as this page sees it: its graph, takes and runs, kept up to date while it is shown.

import { api } from "./server.js";
import { rateOf } from "./words.js";

const OVER = new Set(["succeeded", "failed", "cancelled"]);
const byOrder = (a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.id < b.id ? -1 : 1);

export class Production extends EventTarget {
  constructor(project) {
    super();
    this.project = project;
    this.path = `/projects/${project.id}`;
    this.nodes = new Map();
    this.inside = new Map();
    this.takes = new Map();
    this.stale = new Map();
    this.views = new Map();
    this.tasks = new Map();
    this.progress = new Map();
    this.cut = this.plan = this.planProblem = this.away = null;
    this.problems = this.history = this.queue = [];
    this.failures = 0;
    this.woken = () => document.hidden || this.wake(true);
    document.addEventListener("visibilitychange", this.woken);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.woken);
  }

  async open() {
    await this.read();
    await this.tick();
  }

  get rate() {
    return rateOf(this.project.settings.frame_rate);
  }

  get scenes() {
    return this.children(null).filter((node) => node.type === "film.scene");
  }

  get assembly() {
    return this.children(null).find((node) => node.type === "film.assembly");
  }

  get script() {
    return this.children(null).find((node) => node.type === "film.script");
  }

  get unfinished() {
    return [...this.views.values()].filter((run) => !OVER.has(run.status));
  }

  get running() {
    return [...this.views.values()].filter((run) => run.status === "running");
  }

  children(parent) {
    return this.inside.get(parent) ?? [];
  }

  shots(scene) {
    return this.children(scene.id).filter((node) => node.type === "film.shot");
  }

  label(id) {
    const node = this.nodes.get(id);
    const scene = this.nodes.get(node?.parent);
    const own = node?.type === "film.shot" ? `SHOT_${node.data.code}` : node?.data.title || "Film";
    return scene ? `SCENE_${scene.data.code}/${own}` : own;
  }

  takeOf(node) {
    return this.takes.get(node?.data.active_take);
  }

  takesOf(id) {
    return [...this.takes.values()].filter((take) => take.node_id === id);
  }

  // What to tell of a node, the most urgent first.
  stateOf(node) {
    const task = this.tasks.get(node.id);
    const take = this.takeOf(node);
    if (task && !OVER.has(task.status)) {
      if (["queued", "blocked"].includes(task.status)) {
        return { name: "pending", words: task.cause || "Waits for what it needs.", task };
      }
      const live = this.progress.get(task.id);
      const words = task.status === "waiting_for_input" ? "Waits for a person." : live?.step || "Starting …";
      return { name: "generating", words, progress: live?.progress ?? 0, task };
    }
    if (task?.status === "failed" && !(take?.created_at > task.ended_at)) {
      const { message = "It failed.", hint = "" } = task.error ?? {};
      return { name: "error", words: `${message} ${hint}`.trim(), task };
    }
    if (!take) return { name: "idle", words: "No take yet" };
    const reasons = this.stale.get(node.id);
    if (reasons) return { name: "stale", words: reasons.join(" "), reasons };
    return { name: "success", words: `Version ${take.version}, take ${take.number}` };
  }

  async read() {
    const get = (part, otherwise) =>
      api.get(this.path + part).catch((problem) => {
        if (!problem.status) throw problem;
        return otherwise;
      });
    const list = (part) => api.list(this.path + part).catch((problem) => {
      if (!problem.status) throw problem;
      return [];
    });
    const [graph, takes, stale, problems, commits] = await Promise.all([
      api.get(`${this.path}/graph`), api.list(`${this.path}/takes`), list("/stale"),
      list("/graph/problems"), get("/commits?limit=30", { items: [] }),
    ]);
    Object.assign(this, { version: graph.version, problems, history: commits.items });
    this.nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    this.inside = new Map();
    for (const node of [...graph.nodes].sort(byOrder)) {
      if (!this.inside.has(node.parent)) this.inside.set(node.parent, []);
      this.inside.get(node.parent).push(node);
    }
    this.takes = new Map(takes.map((take) => [take.id, take]));
    this.stale = new Map(stale.map((node) => [node.node_id, node.reasons]));
    this.plan = this.planProblem = null;
    this.cut = this.assembly ? await get("/cut", null) : null;
    if (this.assembly && !this.running.length) {
      await api.list(`${this.path}/plan?target=${this.assembly.id}`).then(
        (plan) => (this.plan = plan), (problem) => (this.planProblem = problem));
    }
    this.tell();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  // Asks how the runs are: what is under way, and the last one, whose failures still count.
  async look() {
    if (!this.unfinished.length) {
      const runs = (await api.get(`${this.path}/runs`)).items;
      const ids = runs.filter((run, index) => !index || run.status === "running").map((run) => run.id);
      for (const id of this.views.keys()) if (!ids.includes(id)) this.views.delete(id);
      for (const id of ids) if (!this.views.has(id)) this.views.set(id, { status: "unknown" });
    }
    const before = this.fingerprint;
    const wanted = this.unfinished.length;
    for (const [id, known] of this.views) {
      if (OVER.has(known.status)) continue;
      const { run, progress } = await api.get(`/runs/${id}`);
      this.views.set(id, run);
      for (const live of progress) this.progress.set(live.task_id, live);
    }
    if (!wanted) return;
    this.queue = this.running.length ? await api.list(`${this.path}/queue`) : [];
    this.gather();
    if (before !== this.fingerprint) await this.read();
    else this.tell();
  }

  gather() {
    const runs = [...this.views.values()].filter((run) => run.tasks);
    runs.sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
    this.tasks = new Map(runs.flatMap((run) => run.tasks.map((task) => [task.node_id, task])));
  }

  get fingerprint() {
    return [...this.views].map(([id, run]) =>
      `${id} ${run.status} ${run.tasks?.filter((task) => OVER.has(task.status)).length}`).join();
  }

  // About twice a second while something is made; less when nobody looks or answers come slowly.
  async tick() {
    clearTimeout(this.timer);
    if (this.closed || this.looking) return;
    this.looking = true;
    const began = performance.now();
    const trouble = this.away;
    try {
      await this.look();
      this.failures = 0;
      this.away = null;
    } catch (problem) {
      this.failures += 1;
      this.away = problem;
    }
    this.looking = false;
    if (trouble || this.away) this.tell();
    const usual = Math.max(this.unfinished.length ? 500 : 4000, 3 * (performance.now() - began));
    const rest = this.failures ? 500 * 2 ** Math.min(this.failures, 5) : usual;
    if (!this.closed) this.timer = setTimeout(() => this.tick(), document.hidden ? rest * 10 : rest);
  }

  async wake(fresh = false) {
    if (fresh) await this.read().catch((problem) => (this.away = problem));
    await this.tick();
  }

  async begin(call) {
    const { id, run_id } = await call;
    this.views.set(run_id ?? id, { status: "unknown" });
    this.plan = null;
    await this.tick();
    return this.views.get(run_id ?? id);
  }

  makeFilm() {
    return this.begin(api.post(`${this.path}/runs`, { targets: [this.assembly.id] }));
  }

  generate(node) {
    return this.begin(api.post(`${this.path}/generate`, { node_id: node.id }));
  }

  async retry(task) {
    await api.post(`/tasks/${task.id}/retry`);
    this.views.set(task.run_id, { status: "unknown" });
    await this.tick();
  }

  async cancel() {
    await Promise.all(this.running.map((run) => run.id && api.post(`/runs/${run.id}/cancel`)));
    await this.tick();
  }

  async choose(node, take) {
    await api.post(`${this.path}/nodes/${node.id}/active-take`, { take_id: take.id });
    await this.read();
  }

  async newVersion(node) {
    await api.post(`${this.path}/nodes/${node.id}/version`);
    await this.read();
  }

  async write(node, values) {
    const accepted = await api.post(`${this.path}/graph/operations`, {
      base_version: this.version,
      label: `Edit ${this.label(node.id)}`,
      ops: [{ op: "node.set", id: node.id, values }],
    });
    await this.read();
    return accepted;
  }
}
