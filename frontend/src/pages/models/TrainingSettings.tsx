import { Checkbox, Group, MultiSelect, NumberInput, Select, Stack } from '@mantine/core';
import { fieldErrorOf } from '../../api/problem';
import { useStudy } from '../../api/queries';
import type { TrainingPreview } from '../../api/types';
import { Disclosure } from './Disclosure';

type Input = TrainingPreview['defaults'];

export const SETTING_FIELDS = [
  'encoder',
  'inputs',
  'left_out',
  'initial',
  'spacing',
  'margin_mm',
  'patience',
  'folds',
  'plan',
  'batch_size',
  'steps_per_epoch',
  'learning_rate',
  'precision',
  'compiled',
  'processes',
  'cache_mb',
] as const;

interface TrainingSettingsProps {
  slug: string;
  preview: TrainingPreview;
  input: Input;
  error: unknown;
  onChange: (change: Partial<Input>) => void;
}

const NUMBERS = [
  { name: 'patience', label: 'Patience', hint: 'Checks without a better Dice before it ends; 0: never', min: 0 },
  { name: 'folds', label: 'Folds', hint: 'Of a cross-validation; 0: a plain training', min: 0 },
  { name: 'batch_size', label: 'Patches in a batch', hint: 'Fewer take less memory', min: 1 },
  { name: 'steps_per_epoch', label: 'Steps in an epoch', hint: 'Curves get a point after each epoch', min: 1 },
  { name: 'cache_mb', label: 'Memory for images (MB)', hint: 'What does not fit is read from the disk', min: 0 },
  { name: 'processes', label: 'Devices', hint: '0: all GPUs of the worker', min: 0 },
] as const;

/** How the network learns, where a person wants to decide; all of it has a default. */
export function TrainingSettings({ slug, preview, input, error, onChange }: TrainingSettingsProps) {
  const labels = useStudy(slug).data?.labels ?? [];
  const network = preview.networks.find((row) => row.name === input.architecture);
  return (
    <Disclosure title="Settings">
      <Stack gap="sm">
        <Group align="flex-start" grow>
          {network !== undefined && network.encoders.length > 0 && (
            <Select
              label="Encoder"
              data={network.encoders}
              value={input.encoder}
              allowDeselect={false}
              error={fieldErrorOf(error, 'encoder')}
              onChange={(encoder) => onChange({ encoder: encoder ?? input.encoder })}
            />
          )}
          {network?.localises === true && (
            <NumberInput
              label="Margin of the box (mm)"
              min={0}
              value={input.margin_mm}
              error={fieldErrorOf(error, 'margin_mm')}
              onChange={(margin) => onChange({ margin_mm: Number(margin) || 0 })}
            />
          )}
          {network?.plans_itself === true && (
            <Select
              label="Plan"
              description="What nnU-Net may plan"
              data={[
                { value: 'full', label: 'its own: 32 to 320 features, 8 GB' },
                { value: 'small', label: 'small: 8 to 80 features, 1 GB' },
              ]}
              value={input.plan}
              allowDeselect={false}
              error={fieldErrorOf(error, 'plan')}
              onChange={(plan) => onChange({ plan: plan === 'small' ? 'small' : 'full' })}
            />
          )}
          <MultiSelect
            label="Inputs"
            description={`On the grid of ${preview.specification.labelled_role || preview.roles[0]}`}
            data={preview.roles}
            value={input.inputs}
            error={fieldErrorOf(error, 'inputs')}
            onChange={(roles) => onChange({ inputs: roles })}
          />
          <Select
            label="Voxel size"
            description="Of the network's grid"
            data={[
              { value: 'protocol', label: "the study's" },
              { value: 'data', label: "the images' median" },
            ]}
            value={input.spacing}
            allowDeselect={false}
            error={fieldErrorOf(error, 'spacing')}
            onChange={(spacing) => onChange({ spacing: spacing === 'data' ? 'data' : 'protocol' })}
          />
        </Group>
        <Group align="flex-start" grow>
          <MultiSelect
            label="Labels left out"
            description="Taken for background"
            data={labels.map((label) => ({ value: String(label.value), label: label.name }))}
            value={input.left_out.map(String)}
            error={fieldErrorOf(error, 'left_out')}
            onChange={(values) => onChange({ left_out: values.map(Number) })}
          />
          <Select
            label="Begin from"
            description="The weights of an earlier version"
            placeholder="fresh weights"
            clearable
            data={preview.versions.map((version) => ({ value: version.id, label: version.name }))}
            value={input.initial}
            error={fieldErrorOf(error, 'initial')}
            onChange={(initial) => onChange({ initial })}
          />
        </Group>
        {[NUMBERS.slice(0, 3), NUMBERS.slice(3)].map((row) => (
          <Group key={row[0]?.name} align="flex-start" grow>
            {row.map(({ name, label, hint, min }) => (
              <NumberInput
                key={name}
                label={label}
                description={hint}
                min={min}
                value={input[name]}
                error={fieldErrorOf(error, name)}
                onChange={(value) => onChange({ [name]: Math.max(min, Number(value) || 0) })}
              />
            ))}
          </Group>
        ))}
        <Group align="flex-end" grow>
          <NumberInput
            label="Learning rate"
            min={0.000001}
            step={0.001}
            value={input.learning_rate}
            error={fieldErrorOf(error, 'learning_rate')}
            onChange={(rate) => onChange({ learning_rate: Number(rate) || input.learning_rate })}
          />
          <Select
            label="Precision on a GPU"
            data={['auto', 'float32', 'bf16', 'fp16']}
            value={input.precision}
            allowDeselect={false}
            error={fieldErrorOf(error, 'precision')}
            onChange={(precision) => onChange({ precision: (precision ?? 'auto') as Input['precision'] })}
          />
          <Checkbox
            label="Compile the network first"
            checked={input.compiled}
            pb={8}
            onChange={(event) => onChange({ compiled: event.currentTarget.checked })}
          />
        </Group>
      </Stack>
    </Disclosure>
  );
}
