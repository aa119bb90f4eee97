/** Which readers a kind of analysis is about, and what it still lacks. The server has the last word. */

import type { AnalysisKind, AnalysisOptions, KnownReader } from '../../api/types';

export const readerKey = ({ type, name, read }: Pick<KnownReader, 'type' | 'name' | 'read'>): string => `${type}|${name}|${read}`;

export const allowedReaders = (options: Pick<AnalysisOptions, 'kinds' | 'readers'>, kind: AnalysisKind): KnownReader[] => {
  const types = options.kinds.find((one) => one.kind === kind)?.reader_types ?? [];
  return options.readers.filter((reader) => types.includes(reader.type));
};

/** Those that a form begins with: all first reads, all reads of who has read twice, the newest model, and so on. */
export const startingReaders = (options: Pick<AnalysisOptions, 'kinds' | 'readers'>, kind: AnalysisKind): KnownReader[] => {
  const readers = allowedReaders(options, kind);
  const of = (type: KnownReader['type']) => readers.filter((reader) => reader.type === type);
  const first = of('rater').filter((reader) => reader.read === 1);
  const repeated = new Set(of('rater').filter((reader) => reader.read > 1).map((reader) => reader.name));
  switch (kind) {
    case 'inter_rater':
      return first;
    case 'intra_rater':
      return of('rater').filter((reader) => repeated.has(reader.name));
    case 'human_model':
      return [...first, ...of('model').slice(-1)];
    case 'model_model':
      return of('model');
    case 'external':
      return [...first, ...of('tool')];
    case 'rounds':
      return [...(of('accepted').length > 0 ? of('accepted') : first.slice(0, 1)), ...of('model')];
    case 'variability':
      return of('accepted').length > 0 ? of('accepted') : first.slice(0, 1);
  }
};

/** Why these readers can't be compared in this way; null where they can. */
export const whatIsMissing = (kind: AnalysisKind, readers: readonly Pick<KnownReader, 'type' | 'name' | 'read'>[]): string | null => {
  const count = (type: KnownReader['type']) => readers.filter((reader) => reader.type === type).length;
  const raters = readers.filter((reader) => reader.type === 'rater').map((reader) => reader.name);
  const reference = raters.length + count('accepted');
  switch (kind) {
    case 'inter_rater':
      if (new Set(raters).size < raters.length) return 'Take one read of each rater.';
      return raters.length < 2 ? 'It needs two raters who have handed in readings.' : null;
    case 'intra_rater':
      return raters.some((name, at) => raters.indexOf(name) < at) ? null : 'It needs two reads of the same rater; assign a second read.';
    case 'human_model':
      return reference === 0 || count('model') === 0 ? 'It needs a rater and a model version that has made proposals.' : null;
    case 'model_model':
      return count('model') < 2 ? 'It needs two model versions that have made proposals.' : null;
    case 'external':
      return reference === 0 || count('tool') === 0 ? "It needs a rater and another tool's label maps; import those first." : null;
    case 'rounds':
      return reference === 0 || count('model') === 0 ? 'It needs a reference and model versions with proposals for the frozen test set.' : null;
    case 'variability':
      return readers.length === 0 ? 'It needs somebody who has handed in readings.' : null;
  }
};
