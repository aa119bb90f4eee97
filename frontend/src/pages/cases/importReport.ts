/** The result of an import job, read with care: `result` is open JSON. */

import type { ImportReport } from '../../api/types';

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const pairs = <Name extends string>(value: unknown, name: Name): ({ path: string } & Record<Name, string>)[] =>
  Array.isArray(value)
    ? value.filter(isRecord).map(
        (entry) =>
          ({ path: String(entry['path'] ?? ''), [name]: String(entry[name] ?? '') }) as { path: string } & Record<
            Name,
            string
          >,
      )
    : [];

/** The report in a job's result, or null where the job is no import or has none yet. */
export const importReportOf = (result: unknown): ImportReport | null => {
  if (!isRecord(result) || !Array.isArray(result['taken'])) return null;
  return {
    taken: pairs(result['taken'], 'what'),
    skipped: pairs(result['skipped'], 'reason'),
    unchanged: typeof result['unchanged'] === 'number' ? result['unchanged'] : 0,
  };
};
