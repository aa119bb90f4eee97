/** What the statistics of measurements mean. */

export interface Explained {
  name: string;
  definition: string;
  formula: string;
  source: string;
}

export const RELIABILITY: Readonly<Record<string, Explained>> = {
  icc: {
    name: 'ICC',
    definition:
      'Intraclass correlation: the part of the variance of a measurement that comes from true differences between subjects. Six forms are reported, by model (one-way, two-way), definition (absolute agreement, consistency) and unit (a single reading, the mean of k). Between raters ICC(A,1) is the default; for repeated reads the two-way model with absolute agreement of a single reading. The words poor, moderate, good and excellent (0.5, 0.75, 0.9) are judged on the interval.',
    formula: 'ICC(A,1) = (MSR − MSE) / (MSR + (k − 1) MSE + k (MSC − MSE) / n)',
    source: 'Shrout & Fleiss 1979, doi:10.1037/0033-2909.86.2.420; McGraw & Wong 1996, doi:10.1037/1082-989X.1.1.30; Koo & Li 2016, doi:10.1016/j.jcm.2016.02.012',
  },
  sem: {
    name: 'SEM and SDC',
    definition:
      'Standard error of measurement: the SD of repeated readings of the same subject, in the unit of the measurement. Two readings of an unchanged subject differ by less than the smallest detectable change in 95 % of pairs.',
    formula: 'SEM(agreement) = √(MSE + (MSC − MSE) / n); SEM(consistency) = √MSE; SDC = 1.96 √2 SEM',
    source: 'de Vet et al. 2006, doi:10.1016/j.jclinepi.2005.10.015',
  },
  'bland-altman': {
    name: 'Bland–Altman',
    definition:
      'The difference of two readers against their mean. The bias is the mean difference; 95 % of differences are expected within the limits of agreement. Where the spread grows with the size of what is measured, percentages of the mean or ratios (from logarithms) are the better scale. Where a subject was read more than once, the limits are those of single readings.',
    formula: 'bias ± 1.96 SD of the differences, each with its interval; ratio: exp(mean ± 1.96 SD of log(second / first))',
    source: 'Bland & Altman 1999, doi:10.1177/096228029900800204; repeated measures: Bland & Altman 2007, doi:10.1080/10543400701329422',
  },
  ccc: {
    name: "Lin's CCC",
    definition: 'How near the pairs of readings lie to the line of identity: correlation times the deviation of the best line from that line.',
    formula: '2 ρ σ₁ σ₂ / (σ₁² + σ₂² + (μ₁ − μ₂)²)',
    source: 'Lin 1989, doi:10.2307/2532051',
  },
};
