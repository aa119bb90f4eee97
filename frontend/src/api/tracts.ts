/** Tractograms and their ratings: one function per endpoint, one hook per question. */

import { useQuery } from '@tanstack/react-query';
import { allRows, api, bodyOf } from './http';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Tractogram = Schemas['TractogramOutput'];
export type StudyTracking = Schemas['StudyTrackingOutput'];
export type TrackingSettings = Schemas['TrackingSettingsOutput'];
/** What a rater is told: neither case nor arm. */
export type TractRating = Schemas['RatingOutput'];
/** What a lead is told. */
export type RatingRow = Schemas['RatingRowOutput'];
export type RatingsInStudy = Schemas['RatingsInStudyOutput'];
export type ArmComparison = Schemas['ArmComparisonOutput'];

const inStudy = (slug: string) => ({ path: { slug } });

/** How the study tracks: its parameters, null where its protocol has no tractography. */
export const trackingOf = (slug: string): Promise<StudyTracking> => bodyOf(api.GET('/api/v1/studies/{slug}/tracking', { params: inStudy(slug) }));

/** The tractograms of a study that the user may see, oldest first. */
export const tractogramList = (slug: string): Promise<Tractogram[]> =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/tractograms', { params: { ...inStudy(slug), query } }));

/** Queues a tracking of the nerves of a label version; gives the job. */
export const startTracking = (slug: string, version: string, settings: TrackingSettings) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/tractograms', { params: inStudy(slug), body: { label_version: version, volume: null, settings } }));

/** What the user was given to rate in a study, in the user's own order. */
export const ratingsOf = (slug: string): Promise<TractRating[]> =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/tract-ratings', { params: { ...inStudy(slug), query } }));

export const giveRating = (id: string, score: number, comment: string): Promise<TractRating> =>
  bodyOf(api.PUT('/api/v1/tract-ratings/{rating_id}', { params: { path: { rating_id: id } }, body: { score, comment } }));

/** Gives tractograms, all where none are named, to people by user name. */
export const ratingsAssign = (slug: string, raters: string[], tractograms: string[]): Promise<Schemas['RatingsMadeOutput']> =>
  bodyOf(api.POST('/api/v1/studies/{slug}/tract-ratings', { params: inStudy(slug), body: { raters, tractograms } }));

const ratingTable = (slug: string): Promise<RatingRow[]> =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/tract-ratings/table', { params: { ...inStudy(slug), query } }));

const comparisonOf = (slug: string): Promise<ArmComparison[]> =>
  bodyOf(api.GET('/api/v1/studies/{slug}/tract-comparison', { params: inStudy(slug) }));

export const tractKeys = {
  tracking: (slug: string) => ['tracking', slug] as const,
  tractograms: (slug: string) => ['tractograms', slug] as const,
  /** Those that the user was given in a study. */
  ratings: (slug: string) => ['tract-ratings', slug] as const,
  /** In which studies there are some. */
  given: ['tract-ratings'] as const,
  table: (slug: string) => ['studies', slug, 'tract-ratings'] as const,
  comparison: (slug: string) => ['studies', slug, 'tract-comparison'] as const,
};

/** How a study tracks; asked once. */
export const useTracking = (slug: string | undefined) =>
  useQuery({ queryKey: tractKeys.tracking(slug ?? ''), queryFn: () => trackingOf(slug ?? ''), enabled: slug !== undefined, staleTime: Infinity });

export const useTractograms = (slug: string, enabled = true) =>
  useQuery({ queryKey: tractKeys.tractograms(slug), queryFn: () => tractogramList(slug), enabled });

export const useOwnRatings = (slug: string) => useQuery({ queryKey: tractKeys.ratings(slug), queryFn: () => ratingsOf(slug) });

/** The studies in which the user was given tractograms to rate. */
export const useRatingsByStudy = () =>
  useQuery({ queryKey: tractKeys.given, queryFn: () => bodyOf(api.GET('/api/v1/tract-ratings')) });

export const useRatingTable = (slug: string, enabled: boolean) =>
  useQuery({ queryKey: tractKeys.table(slug), queryFn: () => ratingTable(slug), enabled });

export const useArmComparison = (slug: string, enabled: boolean) =>
  useQuery({ queryKey: tractKeys.comparison(slug), queryFn: () => comparisonOf(slug), enabled });
