import { Button, Stack, Text } from '@mantine/core';
import { IconVectorSpline } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { useStudy } from '../../api/queries';
import { type StudyTracking, useArmComparison, useRatingsByStudy, useRatingTable, useTracking, useTractograms } from '../../api/tracts';
import type { Study } from '../../api/types';
import { PageHeader } from '../parts/PageHeader';
import { mayAnalyse, mayLead } from '../parts/roles';
import { EmptyState, Loaded } from '../parts/states';
import { Arms } from './Arms';
import { GiveToRate } from './GiveToRate';
import { Ratings } from './Ratings';
import { ToRate } from './ToRate';
import { Tractograms } from './Tractograms';
import { leftToRate } from './tractText';

/** Nerves that were tracked: what is there to rate, how both arms compare, each tractogram, and each rating. */
export default function TractographyPage() {
  const { slug = '' } = useParams();
  const study = useStudy(slug).data;
  const tracking = useTracking(slug);
  const given = useRatingsByStudy();
  return (
    <>
      <PageHeader title="Tractography" about="Which way do the nerves run, and is the automatic mask good enough?" />
      <Loaded query={tracking}>
        {(found) => (
          <Loaded query={given}>
            {(ratings) => {
              const left = leftToRate(ratings, slug);
              return (
                <Stack gap="xl">
                  <ToRate given={left} />
                  {study && (left.length > 0 && !mayLead(study) ? <Blind /> : <Seen slug={slug} study={study} tracking={found} />)}
                </Stack>
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </>
  );
}

/** What is known is known: the tables come once nothing is left to rate. */
const Blind = () => (
  <Text size="sm" c="dimmed" maw={560}>
    While you have tractograms to rate, this study’s tractograms and the comparison of its arms stay out of sight, so that you rate blind.
  </Text>
);

function Seen({ slug, study, tracking }: { slug: string; study: Study; tracking: StudyTracking }) {
  const tractograms = useTractograms(slug);
  const leads = mayLead(study);
  const oversees = mayAnalyse(study);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [giving, setGiving] = useState(false);
  return (
    <Loaded query={tractograms}>
      {(list) =>
        list.length === 0 ? (
          <NoTractograms slug={slug} tracking={tracking} />
        ) : (
          <Stack gap="xl">
            {oversees && <Compared slug={slug} />}
            <Tractograms slug={slug} tractograms={list} chosen={leads ? chosen : null} onChoose={setChosen} onGive={() => setGiving(true)} />
            {leads && <Rated slug={slug} onGive={() => setGiving(true)} />}
            {giving && <GiveToRate slug={slug} count={list.length} chosen={[...chosen]} onClose={() => setGiving(false)} />}
          </Stack>
        )
      }
    </Loaded>
  );
}

function NoTractograms({ slug, tracking }: { slug: string; tracking: StudyTracking }) {
  const how = tracking.may_track
    ? 'Open a case that has a saved or proposed mask, choose the layout Three planes and 3-D, press Streamlines, and track from the mask.'
    : tracking.settings === null
      ? 'This study’s protocol tracks nothing itself.'
      : 'A study lead or model engineer tracks the nerves of a mask; those of your own masks are shown here then.';
  return (
    <EmptyState
      icon={IconVectorSpline}
      title="No tractogram to see yet"
      action={
        <Button component={Link} to={`/studies/${slug}/cases`} variant="default">
          Cases
        </Button>
      }
    >
      {how}
    </EmptyState>
  );
}

const Compared = ({ slug }: { slug: string }) => (
  <Loaded query={useArmComparison(slug, true)}>{(comparisons) => <Arms comparisons={comparisons} />}</Loaded>
);

function Rated({ slug, onGive }: { slug: string; onGive: () => void }) {
  return (
    <Loaded query={useRatingTable(slug, true)}>
      {(ratings) =>
        ratings.length > 0 ? (
          <Ratings ratings={ratings} />
        ) : (
          <Text size="sm" c="dimmed">
            Nobody was given a tractogram to rate yet.{' '}
            <Button variant="subtle" size="compact-sm" onClick={onGive}>
              Give to rate
            </Button>
          </Text>
        )
      }
    </Loaded>
  );
}
