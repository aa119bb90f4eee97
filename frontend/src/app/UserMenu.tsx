import { Menu, Text, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { IconChevronDown, IconLogout, IconMoon, IconSun } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { signOut } from '../api/client';
import { useSession } from '../api/queries';
import { useTrackedJobs } from '../api/trackedJobs';
import classes from './Shell.module.css';

export function UserMenu() {
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const leave = useMutation({
    mutationFn: signOut,
    onSuccess: async () => {
      useTrackedJobs.getState().forget();
      await navigate('/sign-in');
      // What one person may see must not linger for the next.
      queries.clear();
    },
  });
  const user = session.data?.user;
  if (!user) return null;
  const dark = colorScheme !== 'light';
  return (
    <Menu position="bottom-end" width={220} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <UnstyledButton className={classes.link} aria-label={`${user.name}: menu`}>
          {user.name}
          <IconChevronDown size={14} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          Signed in as{' '}
          <Text span inherit c="var(--mantine-color-text)">
            {user.username}
          </Text>
        </Menu.Label>
        <Menu.Item
          leftSection={dark ? <IconSun size={16} aria-hidden /> : <IconMoon size={16} aria-hidden />}
          onClick={() => setColorScheme(dark ? 'light' : 'dark')}
        >
          {dark ? 'Light, for reports and print' : 'Dark, for reading'}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => leave.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
