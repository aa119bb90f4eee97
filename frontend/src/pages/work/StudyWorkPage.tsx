import { useParams } from 'react-router';
import { useStudy, useTasks } from '../../api/queries';
import { mayReview } from '../parts/roles';
import { WorkList } from './WorkList';

/** What is mine in this study. */
export default function StudyWorkPage() {
  const { slug = '' } = useParams();
  const reviews = mayReview(useStudy(slug).data);
  const waiting = useTasks({ study: slug, state: ['submitted'], mine: false }, reviews).data;
  return <WorkList query={useTasks({ mine: true, study: slug })} toReview={waiting ?? []} slug={slug} />;
}
