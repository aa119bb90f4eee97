import { editBytes, packEdit, type LabelEdit } from './labelEdit';

export const DEFAULT_UNDO_BYTES = 128 * 1024 * 1024;

/** A step of the history as it is shown. */
export interface EditStep {
  readonly name: string;
  readonly voxels: number;
  /** Labels that gained voxels; where none did, those that lost some. */
  readonly labels: readonly number[];
}

interface Kept {
  readonly edit: LabelEdit;
  readonly step: EditStep;
}

/** Done and undone edits within a memory budget; the oldest go first, the latest is always kept. */
export class UndoStack {
  private done: Kept[] = [];
  private undone: Kept[] = [];
  private bytes = 0;
  private lost = 0;

  constructor(readonly budgetBytes: number = DEFAULT_UNDO_BYTES) {}

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  get usedBytes(): number {
    return this.bytes;
  }

  /** How many of the oldest steps were given up for want of memory. */
  get forgotten(): number {
    return this.lost;
  }

  /** Steps that can be undone, oldest first. */
  get steps(): readonly EditStep[] {
    return this.done.map(({ step }) => step);
  }

  /** Steps that can be redone, the next one first. */
  get undoneSteps(): readonly EditStep[] {
    return this.undone.map(({ step }) => step).reverse();
  }

  push(edit: LabelEdit): void {
    this.undone.forEach((gone) => (this.bytes -= editBytes(gone.edit)));
    this.undone = [];
    const packed = packEdit(edit);
    this.done.push({ edit: packed, step: stepOf(packed) });
    this.bytes += editBytes(packed);
    while (this.bytes > this.budgetBytes && this.done.length > 1) {
      const oldest = this.done.shift();
      if (oldest) this.bytes -= editBytes(oldest.edit);
      this.lost += 1;
    }
  }

  takeUndo(): LabelEdit | null {
    return moveLast(this.done, this.undone);
  }

  takeRedo(): LabelEdit | null {
    return moveLast(this.undone, this.done);
  }

  clear(): void {
    this.done = [];
    this.undone = [];
    this.bytes = 0;
    this.lost = 0;
  }
}

function moveLast(from: Kept[], to: Kept[]): LabelEdit | null {
  const kept = from.pop();
  if (!kept) return null;
  to.push(kept);
  return kept.edit;
}

function stepOf({ name, indices, lengths, before, after }: LabelEdit): EditStep {
  const voxels = lengths ? lengths.reduce((sum, length) => sum + length, 0) : indices.length;
  const gained = valuesIn(after);
  return { name, voxels, labels: gained.length > 0 ? gained : valuesIn(before) };
}

const valuesIn = (values: Uint8Array | Uint16Array): number[] =>
  [...new Set(values)].filter((value) => value !== 0).sort((a, b) => a - b);
