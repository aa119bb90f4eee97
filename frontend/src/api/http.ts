/** Requests to the site: same origin, session cookie, CSRF header, problem documents, all checked against the schema. */

import createClient, { type Middleware } from 'openapi-fetch';
import { parseProblem, serverAway } from './problem';
import type { paths } from './schema';

/** The value of a cookie in `document.cookie` form, or null. */
export const cookieValue = (cookies: string, name: string): string | null => {
  for (const pair of cookies.split(';')) {
    const [key, ...rest] = pair.trim().split('=');
    if (key === name) return decodeURIComponent(rest.join('='));
  }
  return null;
};

/** Header with the CSRF token; Django compares it with the cookie of the same request. */
export const csrfHeader = (): Record<string, string> => {
  const token = cookieValue(document.cookie, 'csrftoken');
  return token === null ? {} : { 'X-CSRFToken': token };
};

const manners: Middleware = {
  onRequest: ({ request }) => {
    request.headers.set('Accept', 'application/json');
    if (request.method === 'GET') return;
    for (const [name, value] of Object.entries(csrfHeader())) request.headers.set(name, value);
  },
  onResponse: async ({ response }) => {
    if (!response.ok) throw parseProblem(response.status, await response.text());
  },
  onError: () => serverAway(),
};

/** The API by path and method; a wrong path, parameter or body is a type error, a refusal a `ProblemError`. */
export const api = createClient<paths>({
  // A `Request` wants a whole address where there is no page, as in tests.
  baseUrl: typeof location === 'undefined' ? 'http://localhost' : location.origin,
  credentials: 'same-origin',
  // `state=todo,returned`, as django-filter reads lists.
  querySerializer: { array: { style: 'form', explode: false } },
  fetch: (request) => globalThis.fetch(request),
});
api.use(manners);

/** The body of an answer. Refusals have thrown before, so that there is one. */
export const bodyOf = async <Body>(answer: Promise<{ data?: Body }>): Promise<Body> => (await answer).data as Body;

export interface PageQuery {
  page: number;
  page_size: number;
}

interface Rows<Row> {
  next?: string | null;
  results: Row[];
}

/** All rows of a list, page after page. */
export const allRows = async <Row>(read: (query: PageQuery) => Promise<{ data?: Rows<Row> }>): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await bodyOf(read({ page, page_size: 500 }));
    rows.push(...answer.results);
    if (!answer.next) return rows;
  }
};

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** An address of the API for a link or an upload, checked like a request. */
export const addressOf = <Path extends keyof paths>(path: Path, names: Record<NamesIn<Path>, string>): string =>
  Object.entries<string>(names).reduce<string>(
    (address, [name, value]) => address.replace(`{${name}}`, encodeURIComponent(value)),
    path,
  );

/** Upload a form, telling how much of it has left (0 to 1); fetch can't tell that. */
export const upload = <Body>(address: string, form: FormData, onProgress: (sent: number) => void): Promise<Body> =>
  new Promise((resolve, reject) => {
    const transfer = new XMLHttpRequest();
    transfer.open('POST', address);
    transfer.setRequestHeader('Accept', 'application/json');
    for (const [name, value] of Object.entries(csrfHeader())) transfer.setRequestHeader(name, value);
    transfer.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    transfer.onerror = () => reject(serverAway());
    transfer.onload = () => {
      if (transfer.status >= 200 && transfer.status < 300) resolve(JSON.parse(transfer.responseText) as Body);
      else reject(parseProblem(transfer.status, transfer.responseText));
    };
    transfer.send(form);
  });
