import { Skeleton, Text } from '@mantine/core';
import {
  IconChartDots, IconCpu, IconFolders, IconLayoutDashboard, IconListCheck, IconProgress, IconRotateClockwise2, IconRuler2,
  IconSettings, IconVectorSpline,
} from '@tabler/icons-react';
import { NavLink, Outlet, useParams } from 'react-router';
import { ProblemError } from '../api/problem';
import { useStudy } from '../api/queries';
import { useTracking } from '../api/tracts';
import type { Study } from '../api/types';
import { mayAnalyse, mayTrain } from '../pages/parts/roles';
import { Failure } from '../pages/parts/states';
import { NotFoundPage } from './NotFoundPage';
import classes from './Shell.module.css';

type Shown = (study: Study | undefined, tracks: boolean) => boolean;
const ALWAYS: Shown = () => true;
const TRACKS: Shown = (_study, tracks) => tracks;

const PLACES: readonly { to: string; name: string; icon: typeof IconFolders; shown: Shown }[] = [
  { to: '', name: 'Overview', icon: IconLayoutDashboard, shown: ALWAYS },
  { to: 'cases', name: 'Cases', icon: IconFolders, shown: ALWAYS },
  { to: 'work', name: 'My work', icon: IconListCheck, shown: ALWAYS },
  { to: 'models', name: 'Models', icon: IconCpu, shown: mayTrain },
  { to: 'rounds', name: 'Rounds', icon: IconRotateClockwise2, shown: mayAnalyse },
  { to: 'measures', name: 'Measures', icon: IconRuler2, shown: mayAnalyse },
  { to: 'tractography', name: 'Tractography', icon: IconVectorSpline, shown: TRACKS },
  { to: 'results', name: 'Results', icon: IconChartDots, shown: mayAnalyse },
  { to: 'jobs', name: 'Jobs', icon: IconProgress, shown: ALWAYS },
  { to: 'settings', name: 'Settings', icon: IconSettings, shown: ALWAYS },
];

/** Side navigation of a study. What a role can't open isn't offered; the server refuses it anyway. */
export function StudyShell() {
  const { slug = '' } = useParams();
  const study = useStudy(slug);
  const tracks = useTracking(study.data?.slug).data?.tractography ?? false;
  if (study.error instanceof ProblemError && study.error.status === 404) return <NotFoundPage />;
  return (
    <div className={classes.study}>
      <nav className={classes.side} aria-label="Study">
        <div className={classes.studyName}>
          <StudyName study={study.data} />
        </div>
        {PLACES.filter((place) => place.shown(study.data, tracks)).map((place) => (
          <NavLink key={place.name} to={place.to === '' ? `/studies/${slug}` : `/studies/${slug}/${place.to}`} end={place.to === ''} className={classes.link}>
            <place.icon size={17} stroke={1.6} aria-hidden />
            {place.name}
          </NavLink>
        ))}
      </nav>
      <main id="page" className={classes.page}>
        {study.error && !study.data ? (
          <Failure error={study.error} onRetry={() => void study.refetch()} />
        ) : (
          <Outlet />
        )}
      </main>
    </div>
  );
}

function StudyName({ study }: { study: Study | undefined }) {
  if (study === undefined) return <Skeleton height={36} radius="md" />;
  return (
    <>
      <Text fw={600} size="sm" lh={1.35} lineClamp={3}>
        {study.name}
      </Text>
      <Text size="xs" c="dimmed">
        {study.protocol.title}
      </Text>
    </>
  );
}
