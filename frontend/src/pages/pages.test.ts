import { describe, expect, it } from 'vitest';
import { caseState, raterNames } from './cases/caseState';
import { importReportOf } from './cases/importReport';
import { plannedEpochs, settingFacts } from './models/settingsText';
import { eventDetailText, verbText } from './parts/eventText';
import { droppedCount, readerName } from './results/measures';
import { spread } from './results/stripPlot';
import { localAddress } from './sign-in/localAddress';
import { slugOf } from './studies/slug';

describe('sign-in', () => {
  it('returns to an address of this site and to no other', () => {
    expect(localAddress('/studies/demo?x=1')).toBe('/studies/demo?x=1');
    for (const bad of [null, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/sign-in?next=/']) {
      expect(localAddress(bad)).toBe('/');
    }
  });
});

describe('studies', () => {
  it('makes an address of a name', () => {
    expect(slugOf('Études: C2–C8, 3 T!')).toBe('etudes-c2-c8-3-t');
    expect(slugOf('---')).toBe('');
    expect(slugOf('a'.repeat(80))).toHaveLength(64);
  });
});

describe('cases', () => {
  const read = (rater: string, state: 'accepted' | 'returned' | 'excluded') => ({ id: rater, rater, read: 1, state });

  it('is as far as the least advanced read', () => {
    expect(caseState({ tasks: [] })).toBe('unassigned');
    expect(caseState({ tasks: [read('a', 'accepted'), read('b', 'returned')] })).toBe('returned');
    expect(caseState({ tasks: [read('a', 'excluded')] })).toBe('excluded');
    expect(raterNames({ tasks: [read('a', 'accepted'), read('a', 'accepted'), read('b', 'accepted')] })).toBe('a ×2, b');
  });

  it('reads an import report and nothing that is none', () => {
    expect(importReportOf(null)).toBeNull();
    expect(importReportOf({ analysis: 'x' })).toBeNull();
    expect(importReportOf({ taken: [{ path: 'a', what: 'T2w' }], skipped: [{ path: 'b', reason: 'r' }], unchanged: 2 })).toEqual({
      taken: [{ path: 'a', what: 'T2w' }],
      skipped: [{ path: 'b', reason: 'r' }],
      unchanged: 2,
    });
  });
});

describe('words', () => {
  it('reads the audit log aloud', () => {
    expect(verbText('label_version.saved')).toBe('label version saved');
    expect(eventDetailText({ case: 'sub-01', volume_id: 'x', read: 2 })).toBe('case sub-01 · read 2');
  });

  it('moves the unit of a setting to its value', () => {
    expect(settingFacts({ spacing_mm: [1, 1, 3], augmentation: true, raters: ['ada', 'ben'] })).toEqual([
      ['spacing', '1 × 1 × 3 mm'],
      ['augmentation', 'yes'],
      ['raters', 'ada, ben'],
    ]);
    const parameters = { settings: { epochs: 60 }, specification: { patch: [64, 96, 96], channels: [16, 32] } };
    expect(settingFacts(parameters)).toEqual([
      ['epochs', '60'],
      ['patch', '64 × 96 × 96'],
      ['channels', '16, 32'],
    ]);
    expect(plannedEpochs(parameters, 3)).toBe(60);
    expect(plannedEpochs({}, 3)).toBe(3);
  });

  it('names a model where it stands for a rater', () => {
    expect(readerName('model:7', new Map([['7', 'demo v1']]))).toBe('demo v1');
    expect(readerName('ada', new Map())).toBe('ada');
    expect(droppedCount([{}, {}])).toBe(2);
  });

  it('spreads dots within their own column', () => {
    for (let index = 0; index < 200; index += 1) expect(Math.abs(spread(index))).toBeLessThanOrEqual(0.25);
  });
});
