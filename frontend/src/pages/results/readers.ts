/** Who reads: a rater by name, or a model version as `model:<id>`. */

import type { TaskRow } from '../../api/types';

const MODEL = 'model:';
const MODELS_IN_TEXT = /model:([0-9a-f-]{36})/g;

/** Names of model versions by id. */
export type ModelNames = ReadonlyMap<string, string>;

export const isModel = (reader: string): boolean => reader.startsWith(MODEL);

export const modelReader = (id: string): string => MODEL + id;

/** "model:<id>" as its name, a rater as is. */
export const readerName = (reader: string, models: ModelNames): string =>
  isModel(reader) ? (models.get(reader.slice(MODEL.length)) ?? 'a model') : reader;

/** A model reads a volume once, so only a rater's reading has a number. */
export const readingName = (reader: string, read: number, models: ModelNames): string =>
  isModel(reader) ? readerName(reader, models) : `${readerName(reader, models)}, read ${read}`;

/** The server's sentences with models by name. */
export const withModelNames = (text: string, models: ModelNames): string =>
  text.replaceAll(MODELS_IN_TEXT, (whole: string, id: string) => models.get(id) ?? whole);

/** How many cases each rater has handed in, by read number. */
export const readsHandedIn = (
  tasks: readonly Pick<TaskRow, 'rater' | 'read' | 'state'>[],
): Map<string, Map<number, number>> => {
  const raters = new Map<string, Map<number, number>>();
  for (const task of tasks) {
    if (task.state !== 'submitted' && task.state !== 'accepted') continue;
    const reads = raters.get(task.rater.name) ?? new Map<number, number>();
    reads.set(task.read, (reads.get(task.read) ?? 0) + 1);
    raters.set(task.rater.name, reads);
  }
  return raters;
};
