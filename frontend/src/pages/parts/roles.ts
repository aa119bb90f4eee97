/** What a member may do, as far as the page needs to know; the server decides. */

import type { Role, Study } from '../../api/types';

export const ROLE_WORD: Record<Role, string> = {
  lead: 'study lead',
  annotator: 'annotator',
  reviewer: 'reviewer',
  engineer: 'model engineer',
};

const has = (study: Study | undefined, ...roles: Role[]): boolean =>
  study?.my_roles.some((role) => roles.includes(role)) ?? false;

export const mayLead = (study: Study | undefined): boolean => has(study, 'lead');
export const mayImport = (study: Study | undefined): boolean => has(study, 'lead', 'engineer');
export const mayTrain = (study: Study | undefined): boolean => has(study, 'lead', 'engineer');
export const mayAnalyse = (study: Study | undefined): boolean => has(study, 'lead', 'reviewer', 'engineer');
export const mayReview = (study: Study | undefined): boolean => has(study, 'lead', 'reviewer');
export const mayAnnotate = (study: Study | undefined): boolean => has(study, 'annotator');
