import { api, allRows, bodyOf } from '../api/http';
import type { components } from '../api/schema';
import type { VersionId } from '../state/task';
import type { SceneStore } from './sceneState';
import { readStreamlines } from './streamlines/readStreamlines';
import type { TractColouring } from './streamlines/tractSet';

export type Tractogram = components['schemas']['TractogramOutput'];

/** The tractograms of a case that the user may see, newest first. */
export async function tractogramsOf(slug: string, caseId: string): Promise<readonly Tractogram[]> {
  const all = await allRows((query) => api.GET('/api/v1/studies/{slug}/tractograms', { params: { path: { slug }, query } }));
  return all.filter((tractogram) => tractogram.case === caseId).reverse();
}

export type StudyTracking = components['schemas']['StudyTrackingOutput'];
export type TrackingSettings = components['schemas']['TrackingSettingsOutput'];
export type TractRating = components['schemas']['RatingOutput'];

/** How the study tracks: its parameters, null where its protocol has no tractography. */
export const trackingOf = (slug: string): Promise<StudyTracking> => bodyOf(api.GET('/api/v1/studies/{slug}/tracking', { params: { path: { slug } } }));

/** Queues a tracking of the nerves of a label version; gives the job. */
export const startTracking = (slug: string, version: VersionId, settings: TrackingSettings) =>
  bodyOf(api.POST('/api/v1/studies/{slug}/tractograms', { params: { path: { slug } }, body: { label_version: version, volume: null, settings } }));

/** What the user was given to rate, in the user's own order. */
export const ratingsOf = (slug: string): Promise<readonly TractRating[]> =>
  allRows((query) => api.GET('/api/v1/studies/{slug}/tract-ratings', { params: { path: { slug }, query } }));

export const giveRating = (id: string, score: number, comment: string): Promise<TractRating> =>
  bodyOf(api.PUT('/api/v1/tract-ratings/{rating_id}', { params: { path: { rating_id: id } }, body: { score, comment } }));

/** Reads streamlines from an address of the site, or from a file of the user's, which stays in the browser, and shows them. */
export async function showTract(scene: SceneStore, id: string, name: string, source: File | string): Promise<void> {
  try {
    const buffer = typeof source === 'string' ? await fetched(source) : await source.arrayBuffer();
    const lines = await readStreamlines(new Uint8Array(buffer));
    const colouring: TractColouring = lines.lineValues['nerve'] ? { by: 'nerve' } : { by: 'direction' };
    scene.setState(({ tracts }) => ({
      tracts: [...tracts.filter((tract) => tract.id !== id), { id, name, lines, colouring, visible: true }],
      tractsOpen: true,
      problem: lines.caution ? `${name}: ${lines.caution}` : null,
    }));
  } catch (error) {
    scene.setState({ problem: `${name}: ${error instanceof Error ? error.message : 'it could not be read.'}` });
  }
}

async function fetched(address: string): Promise<ArrayBuffer> {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`The server said no (status ${response.status}).`);
  return response.arrayBuffer();
}
