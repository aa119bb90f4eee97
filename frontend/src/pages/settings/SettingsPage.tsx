import { Stack, Tabs } from '@mantine/core';
import { useParams, useSearchParams } from 'react-router';
import { useStudy } from '../../api/queries';
import { PageHeader } from '../parts/PageHeader';
import { mayLead } from '../parts/roles';
import { Loaded } from '../parts/states';
import { ApiToken } from './ApiToken';
import { AuditLog } from './AuditLog';
import { ProtocolSummary } from './ProtocolSummary';
import { StudyFacts } from './StudyFacts';
import { Team } from './Team';

export default function SettingsPage() {
  const { slug = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const query = useStudy(slug);
  return (
    <>
      <PageHeader title="Settings" about="Team, protocol, programs, audit log" />
      <Loaded query={query}>
        {(study) => {
          const leads = mayLead(study);
          return (
            <Tabs value={params.get('part') ?? 'team'} onChange={(part) => setParams({ part: part ?? 'team' })} keepMounted={false}>
              <Tabs.List mb="lg">
                <Tabs.Tab value="team">Team</Tabs.Tab>
                <Tabs.Tab value="study">Study and protocol</Tabs.Tab>
                <Tabs.Tab value="token">API token</Tabs.Tab>
                {leads && <Tabs.Tab value="audit">Audit log</Tabs.Tab>}
              </Tabs.List>
              <Tabs.Panel value="team">
                <Team slug={slug} leads={leads} />
              </Tabs.Panel>
              <Tabs.Panel value="study">
                <Stack gap="xl">
                  <StudyFacts key={study.name + study.description} study={study} leads={leads} />
                  <ProtocolSummary study={study} leads={leads} />
                </Stack>
              </Tabs.Panel>
              <Tabs.Panel value="token">
                <ApiToken slug={slug} />
              </Tabs.Panel>
              {leads && (
                <Tabs.Panel value="audit">
                  <AuditLog slug={slug} />
                </Tabs.Panel>
              )}
            </Tabs>
          );
        }}
      </Loaded>
    </>
  );
}
