import { afterEach, describe, expect, it, vi } from 'vitest';
import { cookieValue, listAll, post, queryString } from './http';
import { ProblemError } from './problem';

afterEach(() => vi.unstubAllGlobals());

const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

describe('addresses and cookies', () => {
  it('leaves empty values out of a query and escapes the rest', () => {
    expect(queryString({ study: 'a b', mine: true, state: undefined, find: '' })).toBe('?study=a+b&mine=true');
    expect(queryString({})).toBe('');
  });

  it('finds a cookie among others', () => {
    expect(cookieValue('a=1; csrftoken=x%3Dy; xcsrftoken=z', 'csrftoken')).toBe('x=y');
    expect(cookieValue('', 'csrftoken')).toBeNull();
  });
});

describe('requests', () => {
  it('reads a list page after page', async () => {
    const fetch = vi
      .fn<(address: string) => Promise<Response>>()
      .mockResolvedValueOnce(answer({ count: 3, next: '/next', previous: null, results: [1, 2] }))
      .mockResolvedValueOnce(answer({ count: 3, next: null, previous: null, results: [3] }));
    vi.stubGlobal('fetch', fetch);
    expect(await listAll<number>('/jobs', { active: 1 })).toEqual([1, 2, 3]);
    expect(fetch.mock.calls.map(([address]) => address)).toEqual([
      '/api/v1/jobs?active=1&page_size=500&page=1',
      '/api/v1/jobs?active=1&page_size=500&page=2',
    ]);
  });

  it('sends the CSRF token with a change and turns a refusal into a ProblemError', async () => {
    vi.stubGlobal('document', { cookie: 'csrftoken=abc' });
    const fetch = vi
      .fn<(address: string, init: RequestInit) => Promise<Response>>()
      .mockResolvedValue(answer({ title: 'No', detail: 'Not yours.' }, 403));
    vi.stubGlobal('fetch', fetch);
    await expect(post('/jobs/1/cancel')).rejects.toMatchObject({ status: 403, detail: 'Not yours.' });
    expect(fetch.mock.calls[0]?.[1].headers).toMatchObject({ 'X-CSRFToken': 'abc' });
  });

  it('says that the server is away when nothing answers', async () => {
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('Failed to fetch')));
    const error = await listAll('/jobs').catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 0 });
  });
});
