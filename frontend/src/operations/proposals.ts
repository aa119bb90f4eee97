import type { LabelArray } from '../commands/labelGrid';
import { ChangeBuilder, type VoxelChange } from '../commands/voxelChange';
import { boxAround, boxMask, eachInBox } from './box';
import { components } from './connected';
import type { LabelVolume } from './sliceTarget';

/** How a label stands against what was proposed. */
export interface ProposalAgreement {
  readonly label: number;
  readonly proposed: number;
  readonly now: number;
  /** Voxels that have the label in both. */
  readonly kept: number;
  /** 2 kept / (proposed + now). */
  readonly dice: number;
}

export interface ProposalComparison {
  readonly changed: number;
  readonly perLabel: readonly ProposalAgreement[];
}

export function compareWithProposal(proposal: LabelArray, labels: LabelArray): ProposalComparison {
  const size = 65536;
  const [proposed, now, kept] = [new Uint32Array(size), new Uint32Array(size), new Uint32Array(size)];
  const add = (counts: Uint32Array, value: number): void => void (counts[value] = (counts[value] as number) + 1);
  let changed = 0;
  for (let n = 0; n < labels.length; n++) {
    const [was, is] = [proposal[n] as number, labels[n] as number];
    if (was === 0 && is === 0) continue;
    add(proposed, was);
    add(now, is);
    if (was === is) add(kept, is);
    else changed += 1;
  }
  const perLabel: ProposalAgreement[] = [];
  for (let label = 1; label < size; label++) {
    const [a, b, both] = [proposed[label] as number, now[label] as number, kept[label] as number];
    if (a + b > 0) perLabel.push({ label, proposed: a, now: b, kept: both, dice: (2 * both) / (a + b) });
  }
  return { changed, perLabel };
}

/** Makes the map what was proposed: all of it, or one label, which then is where the proposal has it and nowhere else. */
export function acceptProposal(proposal: LabelArray, labels: LabelArray, label: number | null): VoxelChange {
  const builder = new ChangeBuilder();
  for (let n = 0; n < labels.length; n++) {
    const [was, is] = [proposal[n] as number, labels[n] as number];
    if (was === is) continue;
    if (label === null || was === label) builder.put(n, was);
    else if (is === label) builder.put(n, 0);
  }
  return builder.build();
}

/** Takes away what was proposed of a label and is still there; what was painted besides stays. */
export function rejectProposal(proposal: LabelArray, labels: LabelArray, label: number): VoxelChange {
  const builder = new ChangeBuilder();
  for (let n = 0; n < labels.length; n++) if (proposal[n] === label && labels[n] === label) builder.put(n, 0);
  return builder.build();
}

/** A connected piece (over sides, edges and corners) of one proposed label. */
export interface ProposedComponent {
  readonly label: number;
  /** Its voxels in the array, ascending. */
  readonly indices: Uint32Array;
  /** How many of them have another label in the map now. */
  readonly missing: number;
}

/** The pieces of the proposal that the map does not hold whole, those that miss most first. */
export function openComponents({ labels, shape, spacingMm }: LabelVolume, proposal: LabelArray): readonly ProposedComponent[] {
  const proposed: LabelVolume = { labels: proposal, shape, spacingMm };
  const values = new Set<number>();
  for (let n = 0; n < labels.length; n++) {
    const was = proposal[n] as number;
    if (was !== 0 && was !== labels[n]) values.add(was);
  }
  return [...values].flatMap((value) => piecesOf(proposed, labels, value)).sort((a, b) => b.missing - a.missing);
}

/** The piece of the proposal at a voxel; null where nothing was proposed. */
export function componentAt(volume: LabelVolume, proposal: LabelArray, index: number): ProposedComponent | null {
  const label = proposal[index] ?? 0;
  if (label === 0) return null;
  return piecesOf({ ...volume, labels: proposal }, volume.labels, label).find(({ indices }) => indices.includes(index)) ?? null;
}

export function acceptComponent({ indices, label }: ProposedComponent): VoxelChange {
  return { indices, values: new Uint16Array(indices.length).fill(label) };
}

function piecesOf(proposed: LabelVolume, labels: LabelArray, label: number): ProposedComponent[] {
  const box = boxAround(proposed.labels, proposed.shape, (value) => value === label);
  if (!box) return [];
  const { ids, sizes } = components(boxMask(proposed, box, (value) => value === label), box.size, 26);
  const found = sizes.map((size) => ({ indices: new Uint32Array(size), length: 0, missing: 0 }));
  eachInBox(box, proposed.shape, (n, index) => {
    const piece = found[(ids[n] as number) - 1];
    if (!piece) return;
    piece.indices[piece.length++] = index;
    if (labels[index] !== label) piece.missing += 1;
  });
  return found.map(({ indices, missing }) => ({ label, indices, missing }));
}
