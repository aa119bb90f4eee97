import { Button } from '@mantine/core';
import { IconMapQuestion } from '@tabler/icons-react';
import { Link } from 'react-router';
import { EmptyState } from '../pages/parts/states';

export function NotFoundPage() {
  return (
    <main style={{ maxWidth: 640, margin: '64px auto', padding: 16 }}>
      <EmptyState
        icon={IconMapQuestion}
        title="There is no such page"
        order={1}
        action={
          <Button component={Link} to="/" variant="default">
            Studies
          </Button>
        }
      >
        The address may be mistyped, or what it named is in a study that you are not a member of.
      </EmptyState>
    </main>
  );
}
