import { Skeleton } from '@mantine/core';
import { RowsSkeleton } from '../pages/parts/states';

/** The shape of a page before its code is here. */
export function PageShape() {
  return (
    <div style={{ maxWidth: 1120, margin: '72px auto 0', padding: '0 24px' }}>
      <Skeleton height={28} width={240} mb={32} radius="md" />
      <RowsSkeleton rows={6} />
    </div>
  );
}
