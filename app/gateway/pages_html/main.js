// The page's frame: who is logged in, which view the address asks for, and the header above it.

import { logOut, showLogin, showReset, showSetup } from "./account.js";
import { busy, fill, h, problemBox } from "./dom.js";
import { showProject } from "./project.js";
import { showProjects } from "./projects.js";
import { api, onLoggedOut } from "./server.js";
import { healthPanel } from "./studio.js";

const main = document.getElementById("main");
const health = healthPanel();
let leave = () => {};
let turn = 0;
let carried = null;
let inside = false;

function header(me) {
  const out = h("button", { type: "button", class: "small", onclick: () => busy(out, logOut) }, "Log out");
  fill(document.getElementById("top"),
    h("a", { class: "brand", href: me ? "#/" : "/" }, "Movie Director"),
    h("span", { class: "grow" }), health, me && h("span", { class: "quiet" }, me.name), me && out);
}

async function route() {
  const mine = ++turn;
  leave();
  leave = () => {};
  document.title = "Movie Director";
  const [, id] = location.hash.match(/^#\/project\/([\w-]+)$/) ?? [];
  const file = carried;
  carried = null;
  try {
    const left = id ? await showProject(main, id, file) : await showProjects(main, { onOpen: open });
    // Somebody may have gone on while this view was loading.
    if (left) mine === turn ? (leave = left) : left();
  } catch (problem) {
    if (mine === turn) fill(main, problemBox(problem), h("p", {}, h("a", { href: "#/" }, "Back to the projects")));
  }
}

function open(project, file) {
  carried = file ?? null;
  location.hash = `#/project/${project.id}`;
}

function enter(me) {
  inside = true;
  header(me);
  addEventListener("hashchange", route);
  route();
}

function gate(show) {
  inside = false;
  turn += 1;
  removeEventListener("hashchange", route);
  for (const dialog of document.querySelectorAll("dialog")) dialog.close();
  leave();
  leave = () => {};
  header(null);
  show(main, enter);
}

async function begin() {
  if (location.pathname === "/status/setup") return gate(showSetup);
  if (location.pathname === "/status/reset") return gate(showReset);
  try {
    const me = await api.get("/auth/me");
    if (location.pathname !== "/status") history.replaceState(null, "", "/status");
    enter(me);
  } catch (problem) {
    if (problem.status === 401) return gate(showLogin);
    header(null);
    fill(main, problemBox(problem));
    setTimeout(begin, 3000);
  }
}

// A session can end while somebody works; who is not inside is asked already.
onLoggedOut(() => inside && gate(showLogin));
// A file that misses its place must not make the browser leave for it.
for (const kind of ["dragover", "drop"]) addEventListener(kind, (event) => event.preventDefault());
begin();
