import { Table, Text, Title } from '@mantine/core';
import type { PublishedFigure } from '../../../api/types';
import classes from '../../parts/DataTable.module.css';
import { Undefined } from '../../parts/marks';
import { significant } from '../../parts/numbers';
import { useShown } from '../context';

/** The protocol's published figures, each beside the number of the same definition that was found here. */
export function Published() {
  const { document } = useShown();
  const figures = document.published ?? [];
  if (figures.length === 0) return null;
  return (
    <section aria-label="Published figures">
      <Title order={2}>Published figures beside these</Title>
      <Text size="sm" c="dimmed" mb="xs">
        From the study that the protocol follows. Other images, raters and numbers of cases: the last column says what may be compared.
      </Text>
      <div className={classes.frame}>
        <Table className={classes.table}>
          <caption className="visually-hidden">Published figures and those of this analysis</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Figure</Table.Th>
              <Table.Th data-numeric>Published</Table.Th>
              <Table.Th data-numeric>Here</Table.Th>
              <Table.Th>Of</Table.Th>
              <Table.Th>What is comparable</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {figures.map((figure) => (
              <Table.Tr key={figure.name}>
                <Table.Th scope="row" fw={400} miw={170}>
                  {figure.name}
                  {figure.note !== '' && (
                    <Text size="xs" c="dimmed">
                      {figure.note}
                    </Text>
                  )}
                </Table.Th>
                <Table.Td data-numeric>{withSd(figure.value, figure.sd, figure.unit)}</Table.Td>
                <Ours figure={figure} />
                <Table.Td style={{ whiteSpace: 'normal' }} maw={360}>
                  <Text size="xs" c="dimmed">
                    {figure.comparable}
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

function Ours({ figure }: { figure: PublishedFigure }) {
  if (figure.ours.length === 0) {
    return (
      <>
        <Table.Td data-numeric>
          <Undefined reason={figure.undefined ?? ''} />
        </Table.Td>
        <Table.Td>
          <Text size="xs" c="dimmed">
            {figure.undefined}
          </Text>
        </Table.Td>
      </>
    );
  }
  return (
    <>
      <Table.Td data-numeric>
        {figure.ours.map(({ title, value, sd, ci }) => (
          <div key={title}>
            {withSd(value, sd, figure.unit)}
            {sd === null && ci !== null && ` [${ci.map((end) => significant(end, 3)).join(', ')}]`}
          </div>
        ))}
      </Table.Td>
      <Table.Td>
        {figure.ours.map(({ title, n }) => (
          <div key={title}>
            {title}
            {n !== null && <span style={{ color: 'var(--mantine-color-dimmed)' }}>, n = {n}</span>}
          </div>
        ))}
      </Table.Td>
    </>
  );
}

const withSd = (value: number, sd: number | null, unit: string): string =>
  `${significant(value, 3)}${sd === null ? '' : ` ± ${significant(sd, 2)}`}${unit === '' ? '' : ` ${unit}`}`;
