// Builds elements. Text goes in as text nodes only, so what the server says can never be markup.

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

// A field with its label; `hint` is read with it.
export function field(label, control, hint) {
  control.id ||= `f${Math.random().toString(36).slice(2)}`;
  const note = hint && h("small", { id: `${control.id}-hint` }, hint);
  if (note) control.setAttribute("aria-describedby", note.id);
  return h("div", { class: "field" }, h("label", { for: control.id }, label), control, note);
}

// A problem of the server (or of the line to it) where it happened, with what to do about it.
export function problemBox(problem) {
  const hints = [problem.hint, ...(problem.errors ?? []).map((e) => `${e.key ?? ""} ${e.message}`)];
  return h(
    "div",
    { class: "problem", role: "alert" },
    h("strong", {}, problem.message),
    hints.filter(Boolean).map((hint) => h("p", {}, hint)),
  );
}

// Runs what a button does: once at a time, its problem shown in `place`.
export async function busy(button, work, place) {
  if (button.getAttribute("aria-busy") === "true") return undefined;
  button.setAttribute("aria-busy", "true");
  place.replaceChildren();
  try {
    return await work();
  } catch (problem) {
    place.replaceChildren(problemBox(problem));
    return undefined;
  } finally {
    button.removeAttribute("aria-busy");
  }
}
