import { describe, expect, it } from 'vitest';
import type { JobState } from '../api/types';
import { countsOf, isOpen, opensFor, summaryOf } from './trayOpening';

const job = (id: string, state: JobState, created_by: string | null) => ({
  id, state, created_by, title: `Job ${id}`, progress: 0.5,
});

describe('the tray', () => {
  it("opens for my live jobs and for anyone's failed ones, not for what others run or what ended well", () => {
    expect(opensFor([job('1', 'running', 'ben'), job('2', 'done', 'ada'), job('3', 'cancelled', 'ada')], 'ada')).toBe('');
    expect(opensFor([job('1', 'queued', 'ada')], 'ada')).toBe('1 live');
    expect(opensFor([job('1', 'failed', 'ben')], 'ada')).toBe('1 failed');
  });

  it('keeps what I chose until something else calls', () => {
    expect(isOpen('', null)).toBe(false);
    expect(isOpen('1 live', null)).toBe(true);
    expect(isOpen('1 live', { reason: '1 live', open: false })).toBe(false);
    expect(isOpen('1 failed', { reason: '1 live', open: false })).toBe(true);
    expect(isOpen('', { reason: '', open: true })).toBe(true);
    expect(isOpen('', { reason: '1 live', open: true })).toBe(false);
  });

  it('says in one line what goes on', () => {
    expect(summaryOf([job('1', 'running', 'ada')])).toBe('Job 1: 50 %');
    expect(countsOf([job('1', 'running', 'ada')])).toBe('1 job running');
    const many = [job('1', 'running', 'ada'), job('2', 'queued', 'ada'), job('3', 'failed', 'ada'), job('4', 'done', 'ada')];
    expect(summaryOf(many)).toBe('2 jobs running, 1 job failed, 1 job ended');
  });
});
