import { Button, Checkbox, Group, Modal, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
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
import { type OwnProtocol, OwnProtocolFile } from './OwnProtocolFile';
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

const FIELDS = ['name', 'slug', 'description', 'protocol', 'options', 'file'] as const;
/** What is chosen where the protocol is a file of one's own. */
const OWN = ' own file';

function NewStudyForm({ onClose }: { onClose: () => void }) {
  const protocols = useProtocols();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [protocol, setProtocol] = useState('');
  const [name, setName] = useState('');
  const [ownSlug, setOwnSlug] = useState<string | null>(null);
  const [description, setDescription] = useState('');
  const [own, setOwn] = useState<OwnProtocol | null>(null);
  // Null until the user chooses: then the protocol's own defaults hold.
  const [options, setOptions] = useState<readonly string[] | null>(null);
  const slug = ownSlug ?? slugOf(name);
  const make = useMutation({
    mutationFn: () =>
      studyCreate({
        slug,
        name: name.trim(),
        description: description.trim(),
        options: options === null ? null : [...options],
        ...(own !== null && protocol === OWN ? { protocol: '', protocol_file: own.text } : { protocol }),
      }),
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
              description="Which structures are labelled, on which images. The study keeps this version until the lead takes a newer one."
              value={protocol}
              onChange={(value) => {
                setProtocol(value);
                setOptions(null);
              }}
              error={fieldErrorOf(make.error, 'protocol')}
            >
              <div className={classes.protocols}>
                {list.map((item) => (
                  <ProtocolCard key={item.name} value={item.name} protocol={item} />
                ))}
                {own && <ProtocolCard value={OWN} protocol={own.protocol} file={own.name} />}
              </div>
            </Radio.Group>
          )}
        </Loaded>
        <OwnProtocolFile
          error={fieldErrorOf(make.error, 'file')}
          onRead={(read) => {
            setOwn(read);
            setProtocol(read === null ? '' : OWN);
            setOptions(null);
          }}
        />
        <Options
          offered={(protocol === OWN ? own?.protocol : protocols.data?.find((item) => item.name === protocol))?.options ?? []}
          chosen={options}
          error={fieldErrorOf(make.error, 'options')}
          onChange={setOptions}
        />
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

interface OptionsProps {
  offered: Protocol['options'];
  chosen: readonly string[] | null;
  error: string | null;
  onChange: (chosen: readonly string[]) => void;
}

/** What a protocol leaves to the study: more labels, or fewer. */
function Options({ offered, chosen, error, onChange }: OptionsProps) {
  if (offered.length === 0) return null;
  const value = chosen ?? offered.filter((option) => option.default).map((option) => option.name);
  return (
    <Checkbox.Group label="Options" value={[...value]} onChange={onChange} error={error}>
      <Stack gap={8} mt={4}>
        {offered.map((option) => (
          <Checkbox key={option.name} value={option.name} label={option.title} description={option.summary} />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

interface ProtocolCardProps {
  value: string;
  protocol: Protocol;
  /** Where it comes from, when it is no protocol of the library. */
  file?: string;
}

function ProtocolCard({ value, protocol, file }: ProtocolCardProps) {
  const [pictured, setPictured] = useState(file === undefined);
  const chosen = protocol.options.filter((option) => option.default).map((option) => option.name);
  const labels = protocol.labels.filter(({ option }) => option === '' || chosen.includes(option));
  const more = protocol.labels.length - labels.length;
  return (
    <Radio.Card value={value} className={classes.protocol}>
      <Radio.Indicator mt={2} />
      {pictured && (
        <img className={classes.protocolPicture} src={`${import.meta.env.BASE_URL}protocols/${protocol.name}.webp`} alt="" width={112} height={84} loading="lazy" onError={() => setPictured(false)} />
      )}
      <span className={classes.protocolText}>
        <Text span size="sm" fw={500}>
          {protocol.title}
        </Text>
        <Text span size="xs" c="dimmed">
          {protocol.summary}
        </Text>
        <Group gap={8}>
          <Swatches labels={labels} />
          <Text span size="xs" c="dimmed">
            {countOf(labels.length, 'label')}
            {more > 0 ? ` and ${more} as an option` : ''}, version {protocol.version}
            {file === undefined ? '' : `, from ${file}`}
          </Text>
        </Group>
      </span>
    </Radio.Card>
  );
}
