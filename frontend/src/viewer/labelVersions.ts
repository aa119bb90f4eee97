import { allRows, api } from '../api/http';
import type { LabelVersion, VolumeId } from '../state/task';

/** Label versions of a volume that the server lets the user see, newest first. */
export async function labelVersionsOf(volume: VolumeId): Promise<readonly LabelVersion[]> {
  const rows = await allRows((query) => api.GET('/api/v1/label-versions', { params: { query: { ...query, volume } } }));
  return (rows as unknown as LabelVersion[]).reverse();
}
