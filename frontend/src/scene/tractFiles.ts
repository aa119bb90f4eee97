import type { TractRating } from '../api/tracts';
import type { SceneStore } from './sceneState';
import { readStreamlines } from './streamlines/readStreamlines';
import type { TractColouring } from './streamlines/tractSet';

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

/** What a rater calls a tractogram: its place in an order that was drawn by chance, and nothing else. */
export const ratedName = ({ place }: Pick<TractRating, 'place'>): string => `Tractogram ${place}`;

/** Shows a tractogram to rate, and nothing beside it. */
export function showToRate(scene: SceneStore, rating: TractRating): void {
  scene.setState({ rated: rating.id, tracts: [], surfaces: false, planes: { axial: false, sagittal: false, coronal: false } });
  void showTract(scene, rating.id, ratedName(rating), rating.trk_url);
}

async function fetched(address: string): Promise<ArrayBuffer> {
  const response = await fetch(address, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`The server said no (status ${response.status}).`);
  return response.arrayBuffer();
}
