import { useStudies, useTasks } from '../../api/queries';
import { mayReview } from '../parts/roles';
import { WorkList } from './WorkList';

/** Everything that is mine, in all studies. */
export default function WorkPage() {
  const reviewed = new Set((useStudies().data ?? []).filter(mayReview).map((study) => study.slug));
  const waiting = useTasks({ state: ['submitted'], mine: false }, reviewed.size > 0).data ?? [];
  // A model engineer sees what others hand in, and doesn't review it.
  const toReview = waiting.filter((task) => reviewed.has(task.study.slug));
  return <WorkList query={useTasks({ mine: true })} toReview={toReview} />;
}
