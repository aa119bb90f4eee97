/** RFC 9457 problem documents, the one way in which the site says what went wrong. */

export class ProblemError extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** What is wrong with which field. `non_field_errors` belong to no field. */
  readonly errors: Readonly<Record<string, readonly string[]>>;

  constructor(status: number, title: string, detail: string, errors: Record<string, string[]> = {}) {
    super(detail || title);
    this.name = 'ProblemError';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
  }

  /** The message to show beside a field, or null. */
  field(name: string): string | null {
    return this.errors[name]?.join(' ') ?? null;
  }
}

const AWAY = 'The server is away. What you see may be old; nothing that was saved is lost. Trying again.';

/** The request never reached the site. */
export const serverAway = (): ProblemError => new ProblemError(0, 'The server is away', AWAY);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const fieldErrors = (value: unknown): Record<string, string[]> => {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([field, messages]) => [
      field,
      Array.isArray(messages) ? messages.map(String) : [String(messages)],
    ]),
  );
};

const titleOf = (status: number): string => {
  if (status === 401) return 'You are signed out';
  if (status === 403) return 'You may not do this';
  if (status === 404) return 'There is nothing here';
  if (status === 413) return 'The file is too large';
  if (status === 502 || status === 503 || status === 504) return 'The server is away';
  return status >= 500 ? 'The server failed' : 'The server refused this';
};

const detailOf = (status: number): string => {
  if (status === 502 || status === 503 || status === 504) return AWAY;
  if (status >= 500) return 'The server met an error of its own and wrote it to its log. Nothing was changed; try again.';
  return `The server answered ${status} and gave no reason.`;
};

/** Make a `ProblemError` of an answer's status and body, whether the body is a problem document or not. */
export const parseProblem = (status: number, body: string): ProblemError => {
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(body);
  } catch {
    // A proxy's HTML page or an empty body: the status is all there is.
  }
  const document = isRecord(parsed) ? parsed : {};
  const title = typeof document['title'] === 'string' && document['title'] ? document['title'] : titleOf(status);
  const detail = typeof document['detail'] === 'string' && document['detail'] ? document['detail'] : detailOf(status);
  return new ProblemError(status, title, detail, fieldErrors(document['errors']));
};

/** One sentence for a person, whatever was thrown. */
export const messageOf = (error: unknown): string => {
  if (error instanceof Error) return error.message;
  return 'Something failed without a reason. Load the page again.';
};

/** What is wrong with a field according to an error, or null. */
export const fieldErrorOf = (error: unknown, field: string): string | null =>
  error instanceof ProblemError ? error.field(field) : null;

/** What is wrong but belongs to none of the fields that the form shows. */
export const formErrorOf = (error: unknown, fields: readonly string[]): string | null => {
  if (error === null || error === undefined) return null;
  if (error instanceof ProblemError) {
    const named = Object.keys(error.errors);
    if (named.length > 0 && named.every((name) => fields.includes(name))) return null;
  }
  return messageOf(error);
};
