/** Requests to the site: same origin, session cookie, CSRF header, problem documents. */

import { parseProblem, serverAway } from './problem';

export const API = '/api/v1';

type Query = Record<string, string | number | boolean | null | undefined>;

/** `?a=1&b=x`, leaving out what is null, undefined or empty. */
export const queryString = (query: Query): string => {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '');
  if (pairs.length === 0) return '';
  return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString()}`;
};

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

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** Send a request and read its JSON; `undefined` for an answer without a body. */
export const request = async <Answer>(method: Method, path: string, body?: unknown): Promise<Answer> => {
  let response: Response;
  try {
    response = await fetch(API + path, {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(method === 'GET' ? {} : csrfHeader()),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    throw serverAway();
  }
  const text = await response.text();
  if (!response.ok) throw parseProblem(response.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
};

export const get = <Answer>(path: string, query: Query = {}): Promise<Answer> =>
  request<Answer>('GET', path + queryString(query));

export const post = <Answer>(path: string, body: unknown = {}): Promise<Answer> => request<Answer>('POST', path, body);

interface Rows<Row> {
  next: string | null;
  results: Row[];
}

/** All rows of a list, page after page. An endpoint that answers a bare array is taken as it is. */
export const listAll = async <Row>(path: string, query: Query = {}): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await get<Rows<Row> | Row[]>(path, { ...query, page_size: 500, page });
    if (Array.isArray(answer)) return answer;
    rows.push(...answer.results);
    if (answer.next === null) return rows;
  }
};

/** Upload a form, telling how much of it has left (0 to 1); fetch can't tell that. */
export const upload = <Answer>(path: string, form: FormData, onProgress: (sent: number) => void): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const transfer = new XMLHttpRequest();
    transfer.open('POST', API + path);
    transfer.setRequestHeader('Accept', 'application/json');
    for (const [name, value] of Object.entries(csrfHeader())) transfer.setRequestHeader(name, value);
    transfer.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    };
    transfer.onerror = () => reject(serverAway());
    transfer.onload = () => {
      if (transfer.status >= 200 && transfer.status < 300) resolve(JSON.parse(transfer.responseText) as Answer);
      else reject(parseProblem(transfer.status, transfer.responseText));
    };
    transfer.send(form);
  });
