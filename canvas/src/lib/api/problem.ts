// What the server says when something could not be done (RFC 9457), and the network's own failures.

interface ProblemBody {
  readonly code?: string;
  readonly title?: string;
  readonly hint?: string;
  readonly status?: number;
}

/** Something that could not be done: a sentence, what to do, and a code for programs. */
export class Problem extends Error {
  readonly code: string;
  readonly hint: string;
  readonly status: number;

  constructor(code: string, message: string, hint = '', status = 0) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.status = status;
  }

  /** Whatever was thrown, in words for a person. */
  static from(error: unknown): Problem {
    if (error instanceof Problem) return error;
    if (error instanceof TypeError) return new Problem('network.unreachable', UNREACHABLE, WAIT);
    return new Problem('client.fault', 'This page failed at something it should be able to do.', String(error));
  }

  /** The body of an answer that was not a success. */
  static of(body: unknown, status: number): Problem {
    const { code = 'request.failed', title, hint = '' } = (body ?? {}) as ProblemBody;
    const message = title ?? `The server answered with status ${status}.`;
    return new Problem(code, message, hint, status);
  }
}

const UNREACHABLE = 'The server does not answer.';
const WAIT = 'Check the connection; what you do meanwhile is kept.';
