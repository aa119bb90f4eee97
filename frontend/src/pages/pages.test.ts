import { describe, expect, it } from 'vitest';
import { caseState, raterNames } from './cases/caseState';
import { importReportOf } from './cases/importReport';
import { plannedEpochs, settingFacts } from './models/settingsText';
import { eventDetailText, verbText } from './parts/eventText';
import { moved } from './models/splitEdit';
import { isUnlabelled } from './models/proposable';
import { readerName, readingName, readsHandedIn, withModelNames } from './results/readers';
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
    expect(importReportOf({ analysis: 'x', rows: 6 })).toBeNull();
    const report = { images: 8, labels: 12, unchanged: 0, kept_aside: 0, skipped: 0, files: [] };
    expect(importReportOf(report)).toBe(report);
  });
});

describe('models', () => {
  it('moves a subject between training and validation and no other', () => {
    const split = { train: ['02', '10'], validation: ['03'] };
    expect(moved(split, '02')).toEqual({ train: ['10'], validation: ['02', '03'] });
    expect(moved(split, '03')).toEqual({ train: ['02', '03', '10'], validation: [] });
    expect(moved(split, '99')).toBe(split);
  });

  it('takes a case for unlabelled until somebody begins on it or labels come along', () => {
    expect(isUnlabelled({ tasks: [], label_versions: [] })).toBe(true);
    expect(isUnlabelled({ tasks: [{ id: '1', rater: 'ada', read: 1, state: 'todo' }], label_versions: [] })).toBe(true);
    expect(isUnlabelled({ tasks: [{ id: '1', rater: 'ada', read: 1, state: 'in_progress' }], label_versions: [] })).toBe(false);
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
    expect(readingName('model:7', 1, new Map([['7', 'demo v1']]))).toBe('demo v1');
    expect(readingName('ada', 2, new Map())).toBe('ada, read 2');
    const id = '12345678-1234-1234-1234-123456789abc';
    expect(withModelNames(`model:${id} has not handed in`, new Map([[id, 'demo v1']]))).toBe('demo v1 has not handed in');
  });

  it('counts the reads that were handed in', () => {
    const task = (read: number, state: 'accepted' | 'todo') => ({ rater: { name: 'ada', user: null }, read, state });
    const reads = readsHandedIn([task(1, 'accepted'), task(1, 'accepted'), task(2, 'accepted'), task(3, 'todo')]);
    expect([...(reads.get('ada') ?? [])]).toEqual([[1, 2], [2, 1]]);
  });
});
