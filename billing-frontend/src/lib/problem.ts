/** What went wrong, as the API says it (RFC 9457). */
export interface Problem {
  code: string;
  status: number;
  detail: string;
  /** The first complaint per field of the request body, by its name. */
  fields: Record<string, string>;
  /** The domain it is about, where the API names one. */
  domain: string | null;
}

interface Complaint {
  field?: unknown;
  message?: unknown;
}

function complaints(errors: unknown): Record<string, string> {
  const found: Record<string, string> = {};
  if (!Array.isArray(errors)) return found;
  for (const each of errors as Complaint[]) {
    if (typeof each.field !== "string" || typeof each.message !== "string") continue;
    found[each.field.split(".").at(-1) ?? each.field] ??= each.message;
  }
  return found;
}

/** Reads a problem document; anything else becomes a problem named after the status. */
export function toProblem(status: number, body: unknown): Problem {
  const document = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  return {
    code: typeof document.code === "string" ? document.code : status === 0 ? "offline" : `http_${status}`,
    status,
    detail: typeof document.detail === "string" ? document.detail : "",
    fields: complaints(document.errors),
    domain: typeof document.domain === "string" ? document.domain : null,
  };
}

export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.code);
  }
}
