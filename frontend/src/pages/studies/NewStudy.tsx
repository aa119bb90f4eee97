import { Button, Group, Modal, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useNavigate } from 'react-router';
import { studyCreate } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys, useProtocols } from '../../api/queries';
import type { Protocol } from '../../api/types';
import { Swatches } from '../parts/marks';
import { countOf } from '../parts/numbers';
import { Loaded, RowsSkeleton } from '../parts/states';
import { slugOf } from './slug';
import classes from './Studies.module.css';

interface NewStudyProps {
  opened: boolean;
  onClose: () => void;
}

export function NewStudy({ opened, onClose }: NewStudyProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="New study" size="lg">
      <NewStudyForm onClose={onClose} />
    </Modal>
  );
}

const FIELDS = ['name', 'slug', 'description', 'protocol'] as const;

function NewStudyForm({ onClose }: { onClose: () => void }) {
  const protocols = useProtocols();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [protocol, setProtocol] = useState('');
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const [description, setDescription] = useState('');
  const slug = ownSlug ?? slugOf(name);
  const make = useMutation({
    mutationFn: () => studyCreate({ slug, name: name.trim(), description: description.trim(), protocol }),
    onSuccess: async (study) => {
      await queries.invalidateQueries({ queryKey: keys.studies });
      await navigate(`/studies/${study.slug}`);
    },
  });
  const formError = formErrorOf(make.error, FIELDS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="Name"
          data-autofocus
          placeholder="Cervical rootlets, 3 T, 2026"
          required
          maxLength={200}
          value={name}
          error={fieldErrorOf(make.error, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Address"
          description={`${window.location.host}/studies/${slug || '…'}`}
          required
          maxLength={64}
          pattern="[a-zA-Z0-9_\-]+"
          title="Letters, digits, hyphens and underscores"
          value={slug}
          error={fieldErrorOf(make.error, 'slug')}
          onChange={(event) => setOwnSlug(event.currentTarget.value)}
        />
        <Loaded query={protocols} skeleton={<RowsSkeleton rows={3} height={64} />}>
          {(list) => (
            <Radio.Group
              label="Protocol"
              description="Which structures are labelled, on which images. It can't be changed later."
              value={protocol}
              onChange={setProtocol}
              error={fieldErrorOf(make.error, 'protocol')}
            >
              <div className={classes.protocols}>
                {list.map((item) => (
                  <ProtocolCard key={item.name} protocol={item} />
                ))}
              </div>
            </Radio.Group>
          )}
        </Loaded>
        <Textarea
          label="Description"
          autosize
          minRows={2}
          value={description}
          error={fieldErrorOf(make.error, 'description')}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {formError !== null && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {formError}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending} disabled={protocol === '' || slug === ''}>
            Make study
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function ProtocolCard({ protocol }: { protocol: Protocol }) {
  return (
    <Radio.Card value={protocol.name} className={classes.protocol}>
      <Radio.Indicator mt={2} />
      <span className={classes.protocolText}>
        <Text span size="sm" fw={500}>
          {protocol.title}
        </Text>
        <Text span size="xs" c="dimmed">
          {protocol.summary}
        </Text>
        <Group gap={8}>
          <Swatches labels={protocol.labels} />
          <Text span size="xs" c="dimmed">
            {countOf(protocol.labels.length, 'label')}
          </Text>
        </Group>
      </span>
    </Radio.Card>
  );
}
