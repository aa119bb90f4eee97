import type { LabelVolume } from '../operations/sliceTarget';
import type { ToolContext } from './toolContext';

/** The labels on screen as operations take them; null where nothing may be painted. */
export function labelVolume({ session, spacingMm }: Pick<ToolContext, 'session' | 'spacingMm'>): LabelVolume | null {
  return session && spacingMm ? { labels: session.labels, shape: session.shape, spacingMm } : null;
}
