import { describe, expect, it } from 'vitest';
import { fieldErrorOf, formErrorOf, messageOf, parseProblem, serverAway } from './problem';

describe('parseProblem', () => {
  it('takes title, detail and field errors from a problem document', () => {
    const problem = parseProblem(
      400,
      '{"type":"about:blank","title":"Invalid","status":400,"detail":"slug: taken","errors":{"slug":["Taken.","Short."]}}',
    );
    expect(problem).toMatchObject({ status: 400, title: 'Invalid', detail: 'slug: taken' });
    expect(problem.field('slug')).toBe('Taken. Short.');
    expect(problem.field('name')).toBeNull();
  });

  it('says what happened where a proxy answers with a page of its own', () => {
    const problem = parseProblem(502, '<html>Bad gateway</html>');
    expect(problem.title).toBe('The server is away');
    expect(problem.detail).not.toContain('<html>');
  });

  it('survives bodies that are JSON but no problem document', () => {
    expect(parseProblem(500, 'null').title).toBe('The server failed');
    expect(parseProblem(404, '[1]').title).toBe('There is nothing here');
    expect(parseProblem(400, '{"errors": {"a": "one"}}').field('a')).toBe('one');
  });
});

describe('where a message is shown', () => {
  const problem = parseProblem(400, '{"detail":"d","errors":{"name":["Too long."]}}');

  it('stands beside its field and nowhere else', () => {
    expect(fieldErrorOf(problem, 'name')).toBe('Too long.');
    expect(formErrorOf(problem, ['name', 'slug'])).toBeNull();
  });

  it('stands under the form where it belongs to no field of it', () => {
    expect(formErrorOf(problem, ['slug'])).toBe('d');
    expect(formErrorOf(serverAway(), ['slug'])).toContain('away');
    expect(formErrorOf(null, [])).toBeNull();
  });

  it('is a sentence whatever was thrown', () => {
    expect(messageOf('x')).toMatch(/reason/);
    expect(messageOf(new Error('disk full'))).toBe('disk full');
  });
});
