import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { VoxelChange } from '../commands/voxelChange';
import { acceptComponent, acceptProposal, compareWithProposal, componentAt, openComponents, rejectProposal } from './proposals';

const map = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 24, maxLength: 24 }).map((values) => Uint8Array.from(values));
const after = (labels: Uint8Array, { indices, values }: VoxelChange): Uint8Array => {
  const next = labels.slice();
  indices.forEach((index, n) => (next[index] = values[n] as number));
  return next;
};

describe('a proposal', () => {
  it('is counted against the edit', () => {
    const { changed, perLabel } = compareWithProposal(Uint8Array.of(1, 1, 2, 0, 0), Uint8Array.of(1, 0, 2, 2, 0));
    expect(changed).toBe(2);
    expect(perLabel).toEqual([
      { label: 1, proposed: 2, now: 1, kept: 1, dice: 2 / 3 },
      { label: 2, proposed: 1, now: 2, kept: 1, dice: 2 / 3 },
    ]);
  });

  it('is accepted whole or by label, and rejected by label', () => {
    fc.assert(
      fc.property(map, map, (proposal, labels) => {
        expect(after(labels, acceptProposal(proposal, labels, null))).toEqual(proposal);
        const one = after(labels, acceptProposal(proposal, labels, 1));
        expect(one.map((value) => Number(value === 1))).toEqual(proposal.map((value) => Number(value === 1)));
        const none = after(labels, rejectProposal(proposal, labels, 1));
        expect(none).toEqual(labels.map((value, n) => (value === 1 && proposal[n] === 1 ? 0 : value)));
      }),
    );
  });

  it('is accepted piece by piece until nothing is open', () => {
    fc.assert(
      fc.property(map, map, (proposal, start) => {
        let labels: Uint8Array = start;
        const volume = () => ({ labels, shape: [4, 3, 2], spacingMm: [1, 1, 1] }) as const;
        for (let open = openComponents(volume(), proposal); open[0]; open = openComponents(volume(), proposal)) {
          const [piece] = open;
          expect(componentAt(volume(), proposal, piece.indices[0] as number)).toEqual(piece);
          expect(piece.missing).toBeGreaterThan(0);
          labels = after(labels, acceptComponent(piece));
        }
        proposal.forEach((value, n) => value !== 0 && expect(labels[n]).toBe(value));
        labels.forEach((value, n) => proposal[n] === 0 && expect(value).toBe(start[n]));
      }),
    );
  });

  it('has no piece where nothing was proposed', () => {
    expect(componentAt({ labels: new Uint8Array(8), shape: [2, 2, 2], spacingMm: [1, 1, 1] }, new Uint8Array(8), 3)).toBeNull();
  });
});
