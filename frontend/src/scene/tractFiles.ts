import { api, allRows } from '../api/http';
import type { components } from '../api/schema';
import type { SceneStore } from './sceneState';
import { readStreamlines } from './streamlines/readStreamlines';
import type { TractColouring } from './streamlines/tractSet';

export type Tractogram = components['schemas']['TractogramOutput'];

/** The tractograms of a case that the user may see, newest first. */
export async function tractogramsOf(slug: string, caseId: string): Promise<readonly Tractogram[]> {
  const all = await allRows((query) => api.GET('/api/v1/studies/{slug}/tractograms', { params: { path: { slug }, query } }));
  return all.filter((tractogram) => tractogram.case === caseId).reverse();
}

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
