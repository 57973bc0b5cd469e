// Becoming the owner with the one-time link, logging in, logging out.

import { busy, field, fill, h } from "./dom.js";
import { api } from "./server.js";

const box = (type, name, autocomplete) => h("input", { type, name, autocomplete, required: true });

export function showSetup(main, done) {
  const code = location.hash.slice(1);
  if (!code) {
    fill(main, h("section", { class: "card gate" },
      h("h1", {}, "Open the whole link"),
      h("p", {}, "The studio prints a one-time link when it starts. Its last part, after the #, is ",
        "the code that makes you the owner: open the link with it."),
      h("p", {}, h("a", { href: "/status/login" }, "I have an account already"))));
    return;
  }
  const name = box("text", "name", "name");
  const email = box("email", "email", "username");
  const password = box("password", "password", "new-password");
  gate(main, {
    title: "Welcome to your studio",
    lead: "You are the first here, and become its owner. Everything stays on this machine.",
    fields: [
      field("Your name", name, "As it stands in the history of your films."),
      field("E-mail", email, "You log in with it; nothing is sent to it."),
      field("Password", password, "At least 10 characters. A few words are good."),
    ],
    action: "Open the studio",
    send: () => api.post("/auth/register", {
      name: name.value, email: email.value, password: password.value, setup: code,
    }),
    done,
  });
  main.querySelector("form").append(
    h("p", {}, h("a", { href: "/status/login" }, "I have an account already")));
}

export function showReset(main, done) {
  const code = location.hash.slice(1);
  const password = box("password", "password", "new-password");
  gate(main, {
    title: "A new password",
    lead: "All your other log-ins end. The link works once; its last part, after the #, belongs to it.",
    fields: [field("Password", password, "At least 10 characters. A few words are good.")],
    action: "Set the password",
    send: () => api.post("/auth/reset", { code, password: password.value }),
    done,
  });
}

export function showLogin(main, done) {
  const email = box("email", "email", "username");
  const password = box("password", "password", "current-password");
  gate(main, {
    title: "Log in",
    lead: "For the first time here, open the one-time link that the studio printed when it started.",
    fields: [field("E-mail", email), field("Password", password)],
    action: "Log in",
    send: () => api.post("/auth/login", { email: email.value, password: password.value }),
    done,
  });
}

function gate(main, { title, lead, fields, action, send, done }) {
  const place = h("div");
  const button = h("button", { class: "main" }, action);
  const form = h("form", {
    class: "card gate",
    onsubmit: async (event) => {
      event.preventDefault();
      const me = await busy(button, send, place);
      // The code has been used: it must not stay in the address or the history.
      if (me) {
        history.replaceState(null, "", "/status");
        done(me);
      }
    },
  }, h("h1", {}, title), h("p", { class: "quiet" }, lead), fields, place, button);
  fill(main, form);
  form.querySelector("input").focus();
}

export async function logOut() {
  await api.post("/auth/logout");
  location.assign("/status/login");
}
