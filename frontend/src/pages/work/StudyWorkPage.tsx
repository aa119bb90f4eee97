import { useParams } from 'react-router';
import { useStudy, useTasks } from '../../api/queries';
import { mayReview } from '../parts/roles';
import { TakeCase } from '../rounds/TakeCase';
import { WorkList } from './WorkList';

/** What is mine in this study. */
export default function StudyWorkPage() {
  const { slug = '' } = useParams();
  const reviews = mayReview(useStudy(slug).data);
  const waiting = useTasks({ study: slug, state: ['submitted'], mine: false }, reviews).data;
  const mine = useTasks({ mine: true, study: slug });
  return (
    <>
      <TakeCase slug={slug} />
      <WorkList query={mine} toReview={waiting ?? []} slug={slug} />
    </>
  );
}
