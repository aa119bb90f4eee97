/** Rounds: one function per endpoint, one hook per question. */

import { useQuery } from '@tanstack/react-query';
import { allRows, api, bodyOf } from './http';
import { FAST_MS, isLive, SLOW_MS } from './polling';
import type { components } from './schema';

type Schemas = components['schemas'];
export type Round = Schemas['RoundOutput'];
export type RoundChoice = Schemas['RoundChoiceOutput'];
export type RoundInput = Schemas['RoundInputRequest'];
export type RoundOptions = Schemas['RoundOptionsOutput'];
export type RoundPoint = Schemas['RoundPointOutput'];
export type RoundState = Round['state'];
export type OwnRound = Schemas['OwnRoundOutput'];

const inStudy = (slug: string) => ({ params: { path: { slug } } });
const oneRound = (round_id: string) => ({ params: { path: { round_id } } });
const oneChoice = (choice_id: string) => ({ params: { path: { choice_id } } });

export const roundList = (slug: string) =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/rounds', { params: { path: { slug }, query } }));
export const roundStart = (slug: string, body: RoundInput) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/rounds', { ...inStudy(slug), body }));
export const roundTrain = (id: string) => bodyOf(api.POST('/api/v1/rounds/{round_id}/train', oneRound(id)));
export const roundCancel = (id: string) => bodyOf(api.POST('/api/v1/rounds/{round_id}/cancel', oneRound(id)));
export const choiceReserve = (id: string, rater: number) =>
  bodyOf(api.POST('/api/v1/round-choices/{choice_id}/reserve', { ...oneChoice(id), body: { rater } }));
export const choiceRelease = (id: string) =>
  bodyOf(api.POST('/api/v1/round-choices/{choice_id}/release', oneChoice(id)));
export const caseTake = (slug: string) => bodyOf(api.POST('/api/v1/studies/{slug}/own-round', inStudy(slug)));

export const roundKeys = {
  all: (slug: string) => ['studies', slug, 'rounds'] as const,
  report: (slug: string) => ['studies', slug, 'rounds', 'report'] as const,
  options: (slug: string) => ['studies', slug, 'rounds', 'options'] as const,
  own: (slug: string) => ['studies', slug, 'rounds', 'own'] as const,
};

/** Whether something of a round is being computed now. */
export const isComputing = (round: Round): boolean =>
  [round.choice_job, round.training_job].some((job) => isLive(job?.state ?? 'done'));

export const useRounds = (slug: string) =>
  useQuery({
    queryKey: [...roundKeys.all(slug), 'list'],
    queryFn: () => roundList(slug),
    refetchInterval: (query) => (query.state.data?.some(isComputing) ? FAST_MS : SLOW_MS),
  });

export const useRoundsReport = (slug: string) =>
  useQuery({
    queryKey: roundKeys.report(slug),
    queryFn: () => bodyOf(api.GET('/api/v1/studies/{slug}/rounds-report', inStudy(slug))),
    refetchInterval: SLOW_MS * 4,
  });

export const useRoundOptions = (slug: string) =>
  useQuery({
    queryKey: roundKeys.options(slug),
    queryFn: () => bodyOf(api.GET('/api/v1/studies/{slug}/round-options', inStudy(slug))),
  });

export const useOwnRound = (slug: string) =>
  useQuery({
    queryKey: roundKeys.own(slug),
    queryFn: () => bodyOf(api.GET('/api/v1/studies/{slug}/own-round', inStudy(slug))),
    refetchInterval: SLOW_MS * 4,
  });
