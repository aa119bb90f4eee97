import { Button, Card, Group, Stack, Text, Textarea, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { registryKeys, useCard, wordsSave } from '../../api/registry';
import type { ModelVersion } from '../../api/types';
import { downloadText } from '../parts/csv';
import { Loaded } from '../parts/states';
import { type Block, blocksOf } from './markdown';
import classes from './Registry.module.css';

interface ModelCardProps {
  version: ModelVersion;
  mayMake: boolean;
}

/** The model card: data, metrics, intended use, limits, provenance. */
export function ModelCard({ version, mayMake }: ModelCardProps) {
  const [editing, setEditing] = useState(false);
  const card = useCard(version.id, true);
  return (
    <Card component="section" aria-label="Model card">
      <Group justify="space-between" mb="sm">
        <Title order={2}>Model card</Title>
        <Group gap="xs" className="no-print">
          {mayMake && !editing && (
            <Button size="xs" variant="default" onClick={() => setEditing(true)}>
              Edit use and limits
            </Button>
          )}
          {card.data !== undefined && (
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              leftSection={<IconDownload size={14} aria-hidden />}
              onClick={() => downloadText(`${version.name}.md`, card.data)}
            >
              Markdown
            </Button>
          )}
        </Group>
      </Group>
      {editing && <WordsForm version={version} onClose={() => setEditing(false)} />}
      <Loaded query={card}>
        {(text) => (
          <div className={classes['card']}>
            {blocksOf(text).map((block, place) => (
              <BlockView key={place} block={block} />
            ))}
          </div>
        )}
      </Loaded>
    </Card>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'heading':
      // On this page the card's title stands below the page's own.
      return block.level === 1 ? <h3>{block.text}</h3> : <h4>{block.text}</h4>;
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li key={item}>{item}</li>
          ))}
        </ul>
      );
    case 'table':
      return (
        <table>
          {block.head.some((cell) => cell !== '') && (
            <thead>
              <tr>
                {block.head.map((cell, column) => (
                  <th key={column}>{cell}</th>
                ))}
              </tr>
            </thead>
          )}
          <tbody>
            {block.rows.map((row, place) => (
              <tr key={place}>
                {row.map((cell, column) => (
                  <td key={column}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
    case 'paragraph':
      return <p>{block.text}</p>;
  }
}

function WordsForm({ version, onClose }: { version: ModelVersion; onClose: () => void }) {
  const queries = useQueryClient();
  const [use, setUse] = useState(version.intended_use);
  const [limits, setLimits] = useState(version.limits);
  const save = useMutation({
    mutationFn: () => wordsSave(version.id, { intended_use: use, limits }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: registryKeys.version(version.id) });
      onClose();
    },
  });
  const error = formErrorOf(save.error, ['intended_use', 'limits']);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack mb="md" maw={640}>
        <Textarea label="Intended use" description="Empty: a sentence made of its labels and inputs." autosize minRows={2} maxLength={10_000} data-autofocus value={use} onChange={(event) => setUse(event.currentTarget.value)} error={fieldErrorOf(save.error, 'intended_use')} />
        <Textarea label="Limits" description="What follows from its scores is added by itself." autosize minRows={2} maxLength={10_000} value={limits} onChange={(event) => setLimits(event.currentTarget.value)} error={fieldErrorOf(save.error, 'limits')} />
        {error !== null && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {error}
          </Text>
        )}
        <Group gap="xs">
          <Button type="submit" size="xs" loading={save.isPending}>
            Save
          </Button>
          <Button size="xs" variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
