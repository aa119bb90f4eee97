import { Modal, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import { useAnalysisOptions, useStudy } from '../../api/queries';
import type { AnalysisKind, ModelVersion } from '../../api/types';
import { mayImport } from '../parts/roles';
import { ExternalImport } from './ExternalImport';
import { KIND_QUESTIONS, KIND_TITLES } from './kinds';
import { NewStudyAnalysis } from './NewStudyAnalysis';
import { TwoReadings } from './TwoReadings';

interface NewAnalysisProps {
  slug: string;
  models: readonly ModelVersion[];
  /** Where a kind was chosen before. */
  kind: AnalysisKind | null;
  onClose: () => void;
}

const TWO = 'two';

/** What to compare: two readings in a few clicks, or any kind of question to the whole study. */
export function NewAnalysis({ slug, models, kind: first, onClose }: NewAnalysisProps) {
  const options = useAnalysisOptions(slug).data;
  const study = useStudy(slug).data;
  const [kind, setKind] = useState<AnalysisKind | typeof TWO>(first ?? TWO);
  const kinds = options?.kinds.map((one) => ({ value: one.kind as string, label: KIND_TITLES[one.kind] })) ?? [];
  return (
    <Modal opened onClose={onClose} title="New analysis" size="xl">
      <Stack gap="md">
        <Select
          label="Kind"
          allowDeselect={false}
          data-autofocus
          data={[{ value: TWO, label: 'Two readings with each other' }, ...kinds]}
          value={kind}
          onChange={(value) => setKind((value ?? TWO) as AnalysisKind | typeof TWO)}
          description={kind === TWO ? undefined : KIND_QUESTIONS[kind]}
          inputWrapperOrder={['label', 'input', 'description']}
        />
        {kind === TWO && <TwoReadings slug={slug} models={models} onClose={onClose} />}
        {kind === 'external' && mayImport(study) && <ExternalImport slug={slug} />}
        {kind !== TWO && options && (
          // The form begins anew with another kind, and when a tool's label maps have come.
          <NewStudyAnalysis key={`${kind}-${options.readers.length}`} slug={slug} kind={kind} options={options} labels={study?.labels ?? []} onClose={onClose} />
        )}
      </Stack>
    </Modal>
  );
}
