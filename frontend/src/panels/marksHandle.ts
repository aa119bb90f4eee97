import type { MarksStore } from '../state/marks';
import type { VolumeId } from '../state/task';

/** What the panels may ask of the marks and comments of a task. */
export interface MarksHandle {
  readonly store: MarksStore;
  readonly mayEdit: boolean;
  rename(id: string, name: string): void;
  remove(id: string): void;
  /** What is written of a new comment (null), or of an answer in a thread, until the server has it. */
  unsent(thread: string | null): string;
  write(thread: string | null, text: string): void;
  comment(text: string, at: { readonly volume: VolumeId; readonly ijk: readonly number[] } | null): Promise<void>;
  reply(thread: string, text: string): Promise<void>;
  resolve(thread: string, resolved: boolean): Promise<void>;
  /** What was said until now was read. */
  read(): Promise<void>;
}
