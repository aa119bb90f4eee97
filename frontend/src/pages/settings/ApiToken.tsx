import { Button, Code, CopyButton, Group, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { tokenCreate } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { useSession } from '../../api/queries';

/** A token lets 3D Slicer or a script act as the user who made it. */
export function ApiToken({ slug }: { slug: string }) {
  const username = useSession().data?.user?.username ?? '';
  const [password, setPassword] = useState('');
  const make = useMutation({
    mutationFn: () => tokenCreate(username, password),
    onSuccess: () => setPassword(''),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  const token = make.data?.token;
  return (
    <Stack gap="md" maw={640}>
      <div>
        <Title order={2}>API token</Title>
        <Text size="sm" c="dimmed">
          For scripts and 3D Slicer. A token may do what you may do: keep it like a password. Send it with each request as
          a header.
        </Text>
      </div>
      <Code block>{`curl -H "Authorization: Token ${token ?? '<token>'}" \\\n  ${window.location.origin}/api/v1/studies/${slug}/cases`}</Code>
      <form onSubmit={submit}>
        <Group align="flex-start" gap="sm">
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            required
            withAsterisk={false}
            w={280}
            value={password}
            error={fieldErrorOf(make.error, 'password') ?? formErrorOf(make.error, ['password'])}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" mt={26} loading={make.isPending}>
            Show token
          </Button>
        </Group>
      </form>
      {token && (
        <Group gap="sm">
          <Code>{token}</Code>
          <CopyButton value={token}>
            {({ copied, copy }) => (
              <Button size="xs" variant="default" onClick={copy}>
                {copied ? 'Copied' : 'Copy'}
              </Button>
            )}
          </CopyButton>
        </Group>
      )}
    </Stack>
  );
}
