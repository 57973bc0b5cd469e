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

export async function ask(path) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin" });
  } catch {
    throw new Problem({ ...away, code: "page.away" }, 0);
  }
  const json = (answer.headers.get("content-type") ?? "").includes("json");
  const content = json ? await answer.json() : null;
  // Health answers 503 with its own content: that the studio is unwell is no failure to say so.
  if (answer.ok || (answer.status === 503 && content?.parts)) return content;
  throw new Problem(content ?? { ...away, title: `The studio answered ${answer.status}.` }, answer.status);
}
