// What running steps ask people: each question with the control that its answer's schema wants.

import { busy, choice, field, h, redraw } from "./dom.js";
import { api } from "./server.js";

export function questionList(production) {
  const element = h("div");
  function update(tasks) {
    const asking = tasks.filter((task) => task.status === "waiting_for_input" && task.question);
    redraw(element, asking.map((task) => [task.id, task.attempt]), () => asking.map((task) => form(task)));
  }
  function form(task) {
    const { question, answer = {} } = task.question;
    const [control, value] = controlFor(answer);
    const place = h("div");
    const send = h("button", { class: "main" }, "Answer");
    const give = async () => {
      await api.post(`/tasks/${task.id}/answer`, { answer: value() });
      await production.tick();
    };
    return h("form", { class: "card", onsubmit: (event) => (event.preventDefault(), busy(send, give, place)) },
      field(`${task.label} asks: ${question}`, control), place, h("p", { class: "row" }, send));
  }
  return { element, update };
}

function controlFor(schema) {
  if (schema.enum) {
    const control = choice(schema.enum.map((value, index) => [String(index), String(value)]));
    return [control, () => schema.enum[control.value]];
  }
  if (schema.type === "boolean") {
    const control = choice([["yes", "Yes"], ["no", "No"]]);
    return [control, () => control.value === "yes"];
  }
  const number = schema.type === "number" || schema.type === "integer";
  const control = h("input", { type: number ? "number" : "text", step: number ? "any" : null, required: true });
  return [control, () => (number ? Number(control.value) : control.value)];
}
