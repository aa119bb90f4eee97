/** What a page shows while it loads, when it fails and when there is nothing yet. */

import { Alert, Button, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ComponentType, ReactNode } from 'react';
import { messageOf, ProblemError } from '../../api/problem';
import classes from './Parts.module.css';

interface EmptyStateProps {
  icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean; className?: string }>;
  title: string;
  /** 1 where it is all that the page says. */
  order?: 1 | 2;
  /** What to do next. */
  children: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon: IconOf, title, order = 2, children, action }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      <IconOf size={36} stroke={1.2} aria-hidden className={classes.emptyIcon} />
      <Title order={order} size="h2">
        {title}
      </Title>
      <Text c="dimmed" size="sm" maw={480} component="div">
        {children}
      </Text>
      {action}
    </div>
  );
}

interface FailureProps {
  error: unknown;
  onRetry?: () => void;
}

export function Failure({ error, onRetry }: FailureProps) {
  const title = error instanceof ProblemError ? error.title : 'This failed';
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{messageOf(error)}</Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** Rows of grey in the shape of a table or a list. */
export function RowsSkeleton({ rows = 6, height = 36 }: { rows?: number; height?: number }) {
  return (
    <Stack gap={6} aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </Stack>
  );
}

interface LoadedProps<Data> {
  query: UseQueryResult<Data>;
  skeleton?: ReactNode;
  children: (data: Data) => ReactNode;
}

/** The data of a query, its shape while it loads, or why there is none. Old data stays while the server is away. */
export function Loaded<Data>({ query, skeleton, children }: LoadedProps<Data>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return <>{skeleton ?? <RowsSkeleton />}</>;
}
