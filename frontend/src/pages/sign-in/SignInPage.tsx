import { Button, PasswordInput, Stack, Text, TextInput, Title, UnstyledButton } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';
import { signIn } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useSession } from '../../api/queries';
import type { DemoLogin } from '../../api/types';
import { Wordmark } from '../../theme/Wordmark';
import { localAddress } from './localAddress';
import classes from './SignIn.module.css';

const FIELDS = ['username', 'password'] as const;

export default function SignInPage() {
  useDocumentTitle('Sign in · Radicula');
  const [params] = useSearchParams();
  const session = useSession();
  const queries = useQueryClient();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const enter = useMutation({
    mutationFn: (login: { username: string; password: string }) => signIn(login.username, login.password),
    onSuccess: () => queries.resetQueries({ queryKey: keys.session }),
  });

  if (session.data?.user) return <Navigate to={localAddress(params.get('next'))} replace />;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate({ username, password });
  };
  const takeDemo = (login: DemoLogin) => {
    setUsername(login.username);
    setPassword(login.password);
    enter.mutate(login);
  };
  const formError = formErrorOf(enter.error ?? session.error, FIELDS);

  return (
    <main className={classes.page}>
      <div className={classes.box}>
        <Wordmark large />
        <Text c="dimmed" mt={8} mb={32}>
          Label nerves, rootlets and other small structures on MRI, as a team.
        </Text>
        <form onSubmit={submit}>
          <Title order={1} className="visually-hidden">
            Sign in
          </Title>
          <Stack gap="md">
            <TextInput
              label="User name"
              name="username"
              autoComplete="username"
              required
              withAsterisk={false}
              size="md"
              value={username}
              error={fieldErrorOf(enter.error, 'username')}
              onChange={(event) => setUsername(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              size="md"
              value={password}
              error={fieldErrorOf(enter.error, 'password')}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {formError !== null && (
              <Text size="sm" c="var(--radicula-red)" role="alert">
                {formError}
              </Text>
            )}
            <Button type="submit" size="md" loading={enter.isPending}>
              Sign in
            </Button>
          </Stack>
        </form>
        <DemoLogins logins={session.data?.demo_logins ?? []} onUse={takeDemo} />
      </div>
    </main>
  );
}

interface DemoLoginsProps {
  logins: readonly DemoLogin[];
  onUse: (login: DemoLogin) => void;
}

function DemoLogins({ logins, onUse }: DemoLoginsProps) {
  if (logins.length === 0) return null;
  return (
    <section className={classes.demo} aria-label="Demo log-ins">
      <Text size="sm" c="dimmed" mb={8}>
        This site runs the demo. Sign in as
      </Text>
      <div className={classes.logins}>
        {logins.map((login) => (
          <UnstyledButton key={login.username} className={classes.login} onClick={() => onUse(login)}>
            <Text span fw={500} size="sm">
              {login.username}
            </Text>
            <Text span size="xs" c="dimmed">
              {login.role}
            </Text>
          </UnstyledButton>
        ))}
      </div>
    </section>
  );
}
