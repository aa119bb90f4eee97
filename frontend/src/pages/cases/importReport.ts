/** The result of an import job among those of other kinds. */

import type { ImportReport, Job } from '../../api/types';

/** The report in a job's result, or null where the job is no import or has none yet. */
export const importReportOf = (result: Job['result']): ImportReport | null =>
  result !== null && 'files' in result ? result : null;
