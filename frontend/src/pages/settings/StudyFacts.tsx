import { Button, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { studyChange } from '../../api/client';
import { fieldErrorOf, formErrorOf } from '../../api/problem';
import { keys } from '../../api/queries';
import type { Study } from '../../api/types';

/** Name and description of the study. */
export function StudyFacts({ study, leads }: { study: Study; leads: boolean }) {
  const queries = useQueryClient();
  const [name, setName] = useState(study.name);
  const [description, setDescription] = useState(study.description);
  const save = useMutation({
    mutationFn: () => studyChange(study.slug, { name: name.trim(), description: description.trim() }),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.studies }),
  });
  const changed = name !== study.name || description !== study.description;
  const formError = formErrorOf(save.error, ['name', 'description']);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Title order={2} mb="xs">
        Study
      </Title>
      <Stack gap="sm" maw={560} align="stretch">
        <TextInput
          label="Name"
          readOnly={!leads}
          value={name}
          error={fieldErrorOf(save.error, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          autosize
          minRows={2}
          readOnly={!leads}
          value={description}
          error={fieldErrorOf(save.error, 'description')}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        {formError !== null && (
          <Text size="sm" c="var(--radicula-red)" role="alert">
            {formError}
          </Text>
        )}
        {leads && (
          <Button type="submit" variant="default" w="fit-content" disabled={!changed} loading={save.isPending}>
            Save
          </Button>
        )}
      </Stack>
    </form>
  );
}
