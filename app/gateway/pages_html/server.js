// Asks the studio's API. Every failure is a Problem: a sentence, and what to do about it.

export class Problem extends Error {
  constructor(body, status) {
    super(body.title || "The studio could not do that.");
    this.hint = body.hint;
    this.code = body.code;
    this.errors = body.errors;
    this.status = status;
  }
}

const away = { title: "The studio does not answer.", hint: "Is it running? Start it with `director up`." };
let whenLoggedOut = () => {};

export function onLoggedOut(callback) {
  whenLoggedOut = callback;
}

export async function ask(method, path, body, headers = {}) {
  const raw = body instanceof Blob;
  let answer;
  try {
    answer = await fetch(path, {
      method,
      credentials: "same-origin",
      headers: body === undefined || raw ? headers : { "Content-Type": "application/json", ...headers },
      body: body === undefined || raw ? body : JSON.stringify(body),
    });
  } catch {
    throw new Problem({ ...away, code: "page.away" }, 0);
  }
  const json = (answer.headers.get("content-type") ?? "").includes("json");
  const content = json ? await answer.json() : null;
  // Health answers 503 with its own content: that the studio is unwell is no failure to say so.
  if (answer.ok || (answer.status === 503 && content?.parts)) return content;
  if (answer.status === 401 && !path.includes("/auth/")) whenLoggedOut();
  throw new Problem(content ?? { ...away, title: `The studio answered ${answer.status}.` }, answer.status);
}

export const api = {
  get: (path) => ask("GET", `/api/v1${path}`),
  // A whole list, page after page: `/projects`, or `/runs?…`.
  list: async (path) => {
    const items = [];
    for (let cursor = ""; cursor !== null; ) {
      const page = await api.get(path + (cursor && `${path.includes("?") ? "&" : "?"}cursor=${cursor}`));
      items.push(...page.items);
      cursor = page.next_cursor;
    }
    return items;
  },
  post: (path, body = {}) => ask("POST", `/api/v1${path}`, body),
  patch: (path, body) => ask("PATCH", `/api/v1${path}`, body),
  // A file's own bytes; names travel in a header, where only ASCII is safe.
  send: (path, file) =>
    ask("POST", `/api/v1${path}`, file, {
      "Content-Type": "application/octet-stream",
      "X-Filename": encodeURIComponent(file.name),
    }),
  takeUrl: (id, output) => `/api/v1/takes/${id}/content${output ? `?output=${output}` : ""}`,
};
