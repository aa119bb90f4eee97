import { editBytes, packEdit, type LabelEdit } from './labelEdit';

export const DEFAULT_UNDO_BYTES = 128 * 1024 * 1024;

/** Done and undone edits within a memory budget; the oldest go first, the latest is always kept. */
export class UndoStack {
  private done: LabelEdit[] = [];
  private undone: LabelEdit[] = [];
  private bytes = 0;

  constructor(private readonly budgetBytes: number = DEFAULT_UNDO_BYTES) {}

  get canUndo(): boolean {
    return this.done.length > 0;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  get usedBytes(): number {
    return this.bytes;
  }

  /** Names of the edits that can be undone, oldest first. */
  get names(): readonly string[] {
    return this.done.map((edit) => edit.name);
  }

  /** Names of the edits that can be redone, the next one first. */
  get undoneNames(): readonly string[] {
    return this.undone.map((edit) => edit.name).reverse();
  }

  push(edit: LabelEdit): void {
    this.undone.forEach((lost) => (this.bytes -= editBytes(lost)));
    this.undone = [];
    const kept = packEdit(edit);
    this.done.push(kept);
    this.bytes += editBytes(kept);
    while (this.bytes > this.budgetBytes && this.done.length > 1) {
      const oldest = this.done.shift();
      if (oldest) this.bytes -= editBytes(oldest);
    }
  }

  takeUndo(): LabelEdit | null {
    const edit = this.done.pop();
    if (!edit) return null;
    this.undone.push(edit);
    return edit;
  }

  takeRedo(): LabelEdit | null {
    const edit = this.undone.pop();
    if (!edit) return null;
    this.done.push(edit);
    return edit;
  }

  clear(): void {
    this.done = [];
    this.undone = [];
    this.bytes = 0;
  }
}
