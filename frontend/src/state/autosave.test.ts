import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { autosave, hasUnsavedWork, initialAutosave, nextSaveMs, type AutosaveEvent, type AutosaveState } from './autosave';
import type { LabelVersion } from './task';

const version = (id: string): LabelVersion => ({
  id: id as LabelVersion['id'], number: 1, parent: null, created_at: '', author: 'ada', source: 'person',
  model_name: null, dtype: 'uint8', counts: {}, voxels_sha256: id, voxels_url: '', nifti_url: '',
});
const conflict = { base: null, mine: version('mine'), theirs: version('theirs') };
const run = (...events: AutosaveEvent[]): AutosaveState => events.reduce(autosave, initialAutosave(version('head').id));
const edited = (atMs: number): AutosaveEvent => ({ type: 'edited', atMs });
const started: AutosaveEvent = { type: 'saveStarted' };
const confirmed = (id: string, atMs = 0): AutosaveEvent => ({ type: 'saveConfirmed', version: version(id), atMs });

describe('autosave', () => {
  it('saves a moment after the last edit, and at the latest after 15 s of painting', () => {
    expect(nextSaveMs(run(edited(1000)))).toBe(2500);
    const busy = run(...Array.from({ length: 100 }, (_, n) => edited(1000 + 200 * n)));
    expect(nextSaveMs(busy)).toBe(16_000);
  });

  it('builds the next save on the version the server returned', () => {
    const state = run(edited(1), started, confirmed('v1'));
    expect(state).toMatchObject({ phase: 'saved', parent: 'v1', confirmed: 1, revision: 1 });
  });

  it('is dirty again when painted on while saving', () => {
    const state = run(edited(1), started, edited(2), confirmed('v1', 9));
    expect(state).toMatchObject({ phase: 'dirty', parent: 'v1', confirmed: 1, revision: 2 });
    expect(nextSaveMs(state)).toBe(1502);
  });

  it('tries again later and later while the server is away', () => {
    const away: AutosaveEvent = { type: 'saveUnreachable', message: 'away', atMs: 100 };
    const once = run(edited(1), started, away);
    expect(once.phase).toBe('offline');
    expect(nextSaveMs(once)).toBe(2100);
    expect(nextSaveMs(run(edited(1), started, away, started, away))).toBe(4100);
    expect(run(edited(1), started, away, started, confirmed('v1')).phase).toBe('saved');
  });

  it('waits for a person after a refusal or a conflict', () => {
    expect(nextSaveMs(run(edited(1), started, { type: 'saveRefused', message: 'no' }))).toBeNull();
    const state = run(edited(1), started, edited(2), { type: 'saveConflicted', conflict });
    expect(state).toMatchObject({ phase: 'conflict', parent: 'mine' });
    expect(nextSaveMs(state)).toBeNull();
    expect(autosave(state, started).sending).toBeNull();
    expect(autosave(state, { type: 'mineKept', atMs: 3 }).phase).toBe('dirty');
    const taken = autosave(state, { type: 'headTaken', head: version('theirs') });
    expect(taken).toMatchObject({ phase: 'saved', parent: 'theirs', conflict: null });
    expect(hasUnsavedWork(taken)).toBe(false);
  });

  it('never says saved while the screen shows something else, and never sends twice at once', () => {
    const event: fc.Arbitrary<AutosaveEvent> = fc.oneof(
      fc.nat(1000).map(edited), fc.constant(started), fc.nat(9).map((n) => confirmed(`v${n}`)),
      fc.constant<AutosaveEvent>({ type: 'saveConflicted', conflict }),
      fc.constant<AutosaveEvent>({ type: 'saveUnreachable', message: 'away', atMs: 5 }),
      fc.constant<AutosaveEvent>({ type: 'saveRefused', message: 'no' }),
      fc.constant<AutosaveEvent>({ type: 'mineKept', atMs: 5 }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state = initialAutosave(null);
        for (const e of events) {
          const next = autosave(state, e);
          if (next.phase === 'saved' || next.phase === 'clean') expect(next.confirmed).toBe(next.revision);
          expect(next.phase === 'saving').toBe(next.sending !== null);
          if (state.sending !== null && e.type === 'saveStarted') expect(next).toBe(state);
          expect(next.confirmed).toBeGreaterThanOrEqual(state.confirmed);
          expect(next.conflict !== null).toBe(next.phase === 'conflict');
          state = next;
        }
      }),
    );
  });
});
