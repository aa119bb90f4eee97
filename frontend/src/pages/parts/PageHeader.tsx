import { Group, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface PageHeaderProps {
  title: string;
  /** The question that the page answers, or what it is about. */
  about?: ReactNode;
  children?: ReactNode;
}

export function PageHeader({ title, about, children }: PageHeaderProps) {
  useDocumentTitle(`${title} · Radicula`);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="md">
      <div>
        <Title order={1}>{title}</Title>
        {about !== undefined && (
          <Text c="dimmed" size="sm" component="div" mt={2}>
            {about}
          </Text>
        )}
      </div>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
