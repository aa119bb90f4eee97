import { Badge } from '@mantine/core';
import type { ModelVersion } from '../../api/types';

/** Whether a version serves: filled where it does, so that colour is not the only sign. */
export function StateBadge({ state }: { state: ModelVersion['state'] }) {
  return (
    <Badge miw="max-content" {...(state === 'serving' ? { color: 'teal', variant: 'filled' } : { variant: state === 'retired' ? 'outline' : 'light', color: 'gray' })}>
      {state}
    </Badge>
  );
}
