import { describe, expect, it } from 'vitest';
import type { CommentThread } from '../state/marks';
import type { TaskId } from '../state/task';
import { CommentDrafts } from './commentDrafts';

const TASK = 'task' as TaskId;

/** Storage as a tab has it. */
function tabStorage(): Storage {
  const rows = new Map<string, string>();
  return {
    get length() { return rows.size; },
    clear: () => rows.clear(),
    key: (n) => [...rows.keys()][n] ?? null,
    getItem: (key) => rows.get(key) ?? null,
    setItem: (key, value) => void rows.set(key, value),
    removeItem: (key) => void rows.delete(key),
  };
}

const said = (text: string, speaker: 'you' | 'reviewer' = 'you') => ({ id: text, speaker, author: null, text, at: '2026-01-01T00:00:00Z' });
const thread = (id: string, ...comments: readonly ReturnType<typeof said>[]): CommentThread => ({ id, volume: null, ijk: null, resolved: false, comments: [...comments] });

const QUESTION = 'Is this the conus?';

describe('comments that are being written', () => {
  it('come back after a reload, each where it was written', () => {
    const storage = tabStorage();
    const opened = (task = TASK, user = 'ada') => new CommentDrafts(task, () => storage, () => user);
    const drafts = opened();
    drafts.write(null, 'Is this the con');
    drafts.write(null, QUESTION);
    drafts.write('t1', 'Yes');
    expect(opened().text(null)).toBe(QUESTION);
    expect(opened().text('t1')).toBe('Yes');
    expect([opened().text('t2'), opened('another' as TaskId).text(null), opened(TASK, 'ben').text(null)]).toEqual(['', '', '']);
    drafts.write(null, '');
    drafts.remove('t1');
    expect([opened().text(null), opened().text('t1'), storage.length]).toEqual(['', '', 0]);
  });

  it('are dropped once the server is seen to have what was sent, and only that', () => {
    const storage = tabStorage();
    const opened = () => new CommentDrafts(TASK, () => storage, () => 'ada');
    const before = [thread('t1', said(QUESTION), said('No'), said('Yes', 'reviewer'))];
    opened().send(null, QUESTION, before);
    opened().send('t1', 'Yes', before);
    // The same words of before, or of another person, are not the ones that were sent.
    opened().settle(before);
    expect([opened().text(null), opened().text('t1')]).toEqual([QUESTION, 'Yes']);
    opened().settle([thread('t1', said(QUESTION), said('No'), said('Yes', 'reviewer'), said('Yes')), thread('t2', said(QUESTION))]);
    expect([opened().text(null), opened().text('t1')]).toEqual(['', '']);
  });

  it('stay where they were changed after they were sent', () => {
    const drafts = new CommentDrafts(TASK, tabStorage, () => 'ada');
    drafts.send(null, QUESTION, []);
    drafts.write(null, QUESTION);
    drafts.settle([thread('t1', said(QUESTION))]);
    expect(drafts.text(null)).toBe(QUESTION);
  });

  it('last until the page is left where the browser keeps nothing', () => {
    const forbidden = (): Storage => {
      throw new DOMException('forbidden', 'SecurityError');
    };
    const drafts = new CommentDrafts(TASK, forbidden, () => 'ada');
    drafts.write(null, QUESTION);
    expect(drafts.text(null)).toBe(QUESTION);
    drafts.remove(null);
    expect(drafts.text(null)).toBe('');
  });

  it('are read with care', () => {
    const storage = tabStorage();
    const text = (kept: string): string => {
      storage.setItem('radicula.comment.ada.task', kept);
      return new CommentDrafts(TASK, () => storage, () => 'ada').text(null);
    };
    expect(['{', 'null', '{"text":3}', '{"text":"Yes"}'].map(text)).toEqual(['', '', '', 'Yes']);
  });
});
