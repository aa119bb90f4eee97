/** The kinds of analysis in words. */

import type { AnalysisKind } from '../../api/types';

export const KIND_TITLES: Readonly<Record<AnalysisKind, string>> = {
  inter_rater: 'Inter-rater reliability',
  intra_rater: 'Intra-rater reliability',
  human_model: 'Raters against a model',
  model_model: 'Model against model',
  external: 'External test against another tool',
  rounds: 'Round over round',
  variability: 'Variability across sites, vendors, sessions',
};

/** What each kind answers, for whoever asks. */
export const KIND_QUESTIONS: Readonly<Record<AnalysisKind, string>> = {
  inter_rater: 'Do different raters draw and measure the same?',
  intra_rater: 'Does a rater draw and measure the same twice, on blinded repeats?',
  human_model: 'Is the model as close to the raters as they are to each other?',
  model_model: 'Which of two model versions is nearer to the reference?',
  external: 'How does another program do on the same cases?',
  rounds: 'Does the model get better on the frozen test set?',
  variability: 'How much do measurements change with site, vendor, session or resolution?',
};
