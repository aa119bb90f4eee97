/** Who reads: a rater by name, or a model version as `model:<id>`. */

import type { Reader, TaskRow } from '../../api/types';

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

/** A reader of an analysis, in words. */
export const readerText = (reader: Reader, models: ModelNames): string => {
  if (reader.type === 'accepted') return 'accepted reading';
  if (reader.type === 'model') return models.get(reader.name) ?? 'a model';
  return reader.read > 1 ? `${reader.name}, read ${reader.read}` : reader.name;
};

/** What a choice of the form stands for. */
export const readerOf = (choice: string, read: number): Reader =>
  isModel(choice)
    ? { type: 'model', name: choice.slice(MODEL.length), read: 1 }
    : { type: 'rater', name: choice, read };

/** Which question two readers make. */
export const kindOf = (a: Reader, b: Reader): 'inter_rater' | 'intra_rater' | 'human_model' | 'model_model' => {
  if (a.type === 'model' && b.type === 'model') return 'model_model';
  if (a.type === 'model' || b.type === 'model') return 'human_model';
  return a.name === b.name ? 'intra_rater' : 'inter_rater';
};

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
