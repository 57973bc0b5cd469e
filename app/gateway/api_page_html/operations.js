// The API, readable: every operation of the studio's own schema, its fields, and a try-out.

import { busy, field, fill, h, problemBox } from "./dom.js";
import { ask } from "./server.js";

const VERBS = ["get", "head", "post", "put", "patch", "delete"];
const main = document.getElementById("main");
let schemas = {};

async function begin() {
  const document_ = await ask("/api/docs/openapi.json");
  schemas = document_.components?.schemas ?? {};
  const groups = new Map();
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const verb of VERBS.filter((known) => item[known])) {
      const [tag = "more"] = item[verb].tags ?? [];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push({ verb, path, ...item[verb] });
    }
  }
  const all = [...groups];
  fill(main,
    h("h1", {}, `${document_.info.title}: the API`),
    h("p", {}, "Programs log in with ", h("code", {}, "POST /auth/token"), " and send the token as ",
      h("code", {}, "Authorization: Bearer …"), ". A browser that is logged in to the studio may try everything ",
      "that only reads from here. Failures are problem JSON: a ", h("code", {}, "title"), " that says what happened, a ",
      h("code", {}, "hint"), " that says what to do, a ", h("code", {}, "code"), " for programs."),
    all.map(([tag, operations]) => [h("h2", {}, tag), operations.map(card)]));
  fill(document.getElementById("contents"), all.map(([tag, operations]) => h("section", {}, h("h2", {}, tag),
    operations.map((operation) => h("a", { href: `#${idOf(operation)}` },
      h("span", { class: `verb ${operation.verb}` }, operation.verb.toUpperCase()), broken(operation.path.replace("/api/v1", "")))))));
  document.getElementById("find").addEventListener("input", find);
  // The address may name an operation that was not there yet when the page came.
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

// A long path may break where its parts meet.
const broken = (path) => h("span", {}, path.split(/(?=\/)/).flatMap((part) => [part, h("wbr")]));
const idOf = ({ verb, path }) => `${verb}${path.replaceAll(/[{}]/g, "")}`;

function card(operation) {
  const { verb, path, summary, description, parameters = [], requestBody, responses = {} } = operation;
  const [status, good] = Object.entries(responses).find(([code]) => code.startsWith("2")) ?? [];
  const body = jsonOf(requestBody);
  const answer = jsonOf(good);
  return h("article", { class: "operation card", id: idOf(operation) },
    h("h3", {}, h("span", { class: `verb ${verb}` }, verb.toUpperCase()), path),
    h("p", {}, description ?? summary?.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ") ?? ""),
    parameters.length > 0 && [h("h4", {}, "Parameters"), h("dl", { class: "schema" },
      parameters.map((one) => entry(`${one.name} (${one.in})`, one.schema ?? {}, one.required, one.description, new Set())))],
    body && [h("h4", {}, "Body"), shape(body, new Set())],
    status && [h("h4", {}, `Answer ${status}`), answer && status !== "204" ? shape(answer, new Set()) : h("p", { class: "quiet" }, status === "204" ? "Nothing." : "Bytes.")],
    verb === "get" && tryOut(path, parameters));
}

function jsonOf(part) {
  return Object.entries(part?.content ?? {}).find(([type]) => type.includes("json"))?.[1].schema;
}

function resolved(schema) {
  return schema?.$ref ? { title: schema.$ref.split("/").pop(), ...schemas[schema.$ref.split("/").pop()] } : (schema ?? {});
}

function typeOf(raw) {
  const schema = resolved(raw);
  const either = schema.oneOf ?? schema.anyOf;
  if (either) return either.map(typeOf).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `list of ${schema.items ? typeOf(schema.items) : "anything"}`;
  if (schema.properties) return schema.title ?? "object";
  return [schema.type ?? "anything"].flat().join(" or ") + (schema.format ? ` (${schema.format})` : "");
}

// The fields of an object; those of objects in it open on demand, and never in a circle.
function shape(raw, above) {
  const schema = resolved(raw);
  if (schema.type === "array" && schema.items) {
    return h("div", {}, h("span", { class: "type" }, typeOf(schema)), partsOf(schema, above));
  }
  if (!schema.properties) return h("div", {}, h("p", { class: "type" }, typeOf(schema)), partsOf(schema, above));
  const inner = new Set([...above, schema.title]);
  return h("dl", { class: "schema" }, Object.entries(schema.properties).map(([name, value]) =>
    entry(name, value, schema.required?.includes(name), undefined, inner)));
}

function entry(name, raw, required, description, above) {
  const schema = resolved(raw);
  const fallback = schema.default === undefined || schema.default === null ? "" : `, by default ${JSON.stringify(schema.default)}`;
  return [
    h("dt", {}, h("b", { class: "code" }, name), " ", h("span", { class: "type" }, typeOf(raw)), required ? "" : h("span", { class: "quiet" }, `, optional${fallback}`)),
    h("dd", {}, description ?? schema.description, partsOf(schema, above)),
  ];
}

function partsOf(schema, above) {
  const inner = [schema, schema.items, ...(schema.oneOf ?? schema.anyOf ?? []), ...(resolved(schema.items).oneOf ?? resolved(schema.items).anyOf ?? [])]
    .map(resolved).filter((part) => part.properties && part.title && !above.has(part.title));
  return inner.map((part) => h("details", {}, h("summary", { class: "quiet" }, part.title), shape(part, above)));
}

function tryOut(path, parameters) {
  const boxes = parameters.filter((one) => ["path", "query"].includes(one.in)).map((one) => [one, h("input", { type: "text", required: one.required })]);
  const place = h("div");
  const link = h("a", { hidden: true });
  const send = h("button", { class: "small" }, "Ask");
  const form = h("form", { onsubmit: (event) => (event.preventDefault(), busy(send, run, place)) },
    h("div", { class: "trio" }, boxes.map(([one, box]) => field(one.name, box))), h("p", { class: "row" }, send, link), place);

  async function run() {
    const query = new URLSearchParams();
    let url = path;
    for (const [one, box] of boxes) {
      if (one.in === "path") url = url.replace(`{${one.name}}`, encodeURIComponent(box.value));
      else if (box.value) query.append(one.name, box.value);
    }
    url += query.size ? `?${query}` : "";
    Object.assign(link, { href: url, textContent: url, hidden: false });
    const content = await ask(url);
    fill(place, content === null ? h("p", { class: "quiet" }, "It answers with bytes: open the link.") : h("pre", { tabIndex: 0 }, JSON.stringify(content, null, 2)));
  }

  return h("details", {}, h("summary", {}, "Try it"), form);
}

function find(event) {
  const wanted = event.target.value.trim().toLowerCase();
  for (const link of document.querySelectorAll("#contents a")) link.hidden = !link.textContent.toLowerCase().includes(wanted);
  for (const group of document.querySelectorAll("#contents section")) group.hidden = !group.querySelector("a:not([hidden])");
}

begin().catch((problem) => fill(main, problemBox(problem)));
