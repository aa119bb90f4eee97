import { describe, expect, it } from 'vitest';
import { sectionsFrom, withSectionTurned } from './panelSections';

describe('the sections of the label panel', () => {
  it('fold and open one by one', () => {
    expect(withSectionTurned([], 'marks')).toEqual(['marks']);
    expect(withSectionTurned(['marks', 'history'], 'marks')).toEqual(['history']);
  });

  it('are read back as they were kept, without what there is no longer', () => {
    expect(sectionsFrom(['marks', 'gone', 'history', 'marks', 3])).toEqual(['marks', 'history']);
  });
});
