import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { memberAdd, memberRemove } from '../../api/client';
import { fieldErrorOf, formErrorOf, messageOf } from '../../api/problem';
import { keys, useMembers } from '../../api/queries';
import type { Member, Role } from '../../api/types';
import { type Column, DataTable } from '../parts/DataTable';
import { timeText } from '../parts/numbers';
import { ROLE_WORD } from '../parts/roles';
import { Loaded } from '../parts/states';

const ROLES: readonly Role[] = ['annotator', 'reviewer', 'engineer', 'lead'];

const ROLE_MEANS: Record<Role, string> = {
  annotator: 'labels the cases given to them, and sees no one else’s labels',
  reviewer: 'sees all labels, accepts them or sends them back',
  engineer: 'imports, trains models, makes proposals',
  lead: 'everything, and the team',
};

export function Team({ slug, leads }: { slug: string; leads: boolean }) {
  const members = useMembers(slug);
  const [leaving, setLeaving] = useState<Member | null>(null);
  const columns: Column<Member>[] = [
    { key: 'name', header: 'Name', value: (member) => member.user.name },
    { key: 'username', header: 'User name', value: (member) => member.user.username },
    {
      key: 'role',
      header: 'Role',
      value: (member) => ROLE_WORD[member.role],
      cell: (member) => (
        <Text size="sm">
          {ROLE_WORD[member.role]}
          <Text span size="xs" c="dimmed" ml={8}>
            {ROLE_MEANS[member.role]}
          </Text>
        </Text>
      ),
    },
    { key: 'since', header: 'Since', value: (member) => member.created_at, cell: (member) => timeText(member.created_at) },
  ];
  if (leads) {
    columns.push({
      key: 'actions',
      header: '',
      value: () => '',
      cell: (member) => (
        <Button size="compact-xs" variant="default" onClick={() => setLeaving(member)}>
          Remove
        </Button>
      ),
    });
  }
  return (
    <Stack gap="lg">
      {leads && <AddMember slug={slug} />}
      <Loaded query={members}>
        {(list) => (
          <DataTable name="team" caption="team members" columns={columns} rows={list} rowId={(member) => member.id} />
        )}
      </Loaded>
      {leaving && <RemoveMember slug={slug} member={leaving} onClose={() => setLeaving(null)} />}
    </Stack>
  );
}

const FIELDS = ['username', 'role'] as const;

function AddMember({ slug }: { slug: string }) {
  const queries = useQueryClient();
  const [username, setUsername] = useState('');
  const [role, setRole] = useState<Role>('annotator');
  const add = useMutation({
    mutationFn: () => memberAdd(slug, username.trim(), role),
    onSuccess: async () => {
      setUsername('');
      await queries.invalidateQueries({ queryKey: keys.members(slug) });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  const formError = formErrorOf(add.error, FIELDS);
  return (
    <form onSubmit={submit}>
      <Group align="flex-start" gap="sm">
        <TextInput
          label="Add by user name"
          placeholder="ada"
          required
          withAsterisk={false}
          w={240}
          value={username}
          error={fieldErrorOf(add.error, 'username') ?? formError}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <Select
          label="Role"
          w={200}
          allowDeselect={false}
          value={role}
          data={ROLES.map((value) => ({ value, label: ROLE_WORD[value] }))}
          error={fieldErrorOf(add.error, 'role')}
          onChange={(value) => setRole(ROLES.find((known) => known === value) ?? 'annotator')}
        />
        <Button type="submit" mt={26} loading={add.isPending}>
          Add
        </Button>
      </Group>
    </form>
  );
}

interface RemoveMemberProps {
  slug: string;
  member: Member;
  onClose: () => void;
}

function RemoveMember({ slug, member, onClose }: RemoveMemberProps) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => memberRemove(slug, member.id),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keys.members(slug) });
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={`Remove ${member.user.name} as ${ROLE_WORD[member.role]}?`}>
      <Text size="sm">Their labels, reviews and lines of the audit log stay. They can be added again.</Text>
      {remove.error && (
        <Text size="sm" c="var(--radicula-red)" role="alert" mt="sm">
          {messageOf(remove.error)}
        </Text>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
      </Group>
    </Modal>
  );
}
