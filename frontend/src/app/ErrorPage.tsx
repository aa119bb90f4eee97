import { Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { messageOf } from '../api/problem';
import { NotFoundPage } from './NotFoundPage';

/** A chunk of an older build is gone after an upgrade of the site: loading the page again is the cure. */
const isMissingChunk = (message: string): boolean => /dynamically imported module|module script/i.test(message);

export function ErrorPage() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && error.status === 404) return <NotFoundPage />;
  const message = isRouteErrorResponse(error) ? error.statusText : messageOf(error);
  const upgraded = isMissingChunk(message);
  return (
    <Stack maw={560} mx="auto" mt={96} p="md" role="alert">
      <Title order={1}>{upgraded ? 'This page could not be loaded' : 'This page stopped working'}</Title>
      <Text c="dimmed">
        {upgraded
          ? 'The site was upgraded or is away. Load the page again. Everything that was saved is safe.'
          : 'A fault in the page, not in your data: everything that was saved is safe. Load the page again; if it stops at the same place, tell your administrator what stands below.'}
      </Text>
      <Code block>{message}</Code>
      <Group>
        <Button onClick={() => window.location.reload()}>Load the page again</Button>
        <Button variant="default" component="a" href="/">
          Studies
        </Button>
      </Group>
    </Stack>
  );
}
