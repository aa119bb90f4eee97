import { afterEach, describe, expect, it, vi } from 'vitest';
import { jobCancel, jobList, labelVersionNiftiUrl, taskList } from './client';
import { cookieValue } from './http';
import { ProblemError } from './problem';

afterEach(() => vi.unstubAllGlobals());

const answer = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status });

const site = (...answers: Response[]) => {
  const fetch = vi.fn<(request: Request) => Promise<Response>>();
  for (const one of answers) fetch.mockResolvedValueOnce(one);
  vi.stubGlobal('fetch', fetch);
  vi.stubGlobal('document', { cookie: 'csrftoken=abc' });
  const addresses = () => fetch.mock.calls.map(([request]) => request.url.replace('http://localhost', ''));
  return { fetch, addresses };
};

describe('addresses and cookies', () => {
  it('finds a cookie among others', () => {
    expect(cookieValue('a=1; csrftoken=x%3Dy; xcsrftoken=z', 'csrftoken')).toBe('x=y');
    expect(cookieValue('', 'csrftoken')).toBeNull();
  });

  it('escapes a name in an address', () => {
    expect(labelVersionNiftiUrl('a/b')).toBe('/api/v1/label-versions/a%2Fb/nifti');
  });
});

describe('requests', () => {
  it('reads a list page after page', async () => {
    const { addresses } = site(
      answer({ count: 3, next: '/next', previous: null, results: [1, 2] }),
      answer({ count: 3, next: null, previous: null, results: [3] }),
    );
    expect(await jobList({ active: true })).toEqual([1, 2, 3]);
    expect(addresses()).toEqual([
      '/api/v1/jobs?active=true&page=1&page_size=500',
      '/api/v1/jobs?active=true&page=2&page_size=500',
    ]);
  });

  it('leaves what is not given out of a query, and puts commas between the values of a list', async () => {
    const { addresses } = site(answer({ count: 0, next: null, previous: null, results: [] }));
    const filter = { study: 'a b', state: ['todo', 'returned'] as ('todo' | 'returned')[] };
    await taskList(filter);
    expect(addresses()).toEqual(['/api/v1/tasks?study=a%20b&state=todo,returned&page=1&page_size=500']);
  });

  it('sends the CSRF token with a change and turns a refusal into a ProblemError', async () => {
    const { fetch } = site(answer({ title: 'No', detail: 'Not yours.' }, 403));
    await expect(jobCancel('1')).rejects.toMatchObject({ status: 403, detail: 'Not yours.' });
    expect(fetch.mock.calls[0]?.[0].headers.get('X-CSRFToken')).toBe('abc');
    expect(fetch.mock.calls[0]?.[0].credentials).toBe('same-origin');
  });

  it('says that the server is away when nothing answers', async () => {
    const { fetch } = site();
    fetch.mockRejectedValue(new TypeError('Failed to fetch'));
    const error = await jobList({}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({ status: 0 });
  });
});
