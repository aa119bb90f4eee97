import { useParams } from 'react-router';
import { useTasks } from '../../api/queries';
import { WorkList } from './WorkList';

/** What is mine in this study. */
export default function StudyWorkPage() {
  const { slug = '' } = useParams();
  return <WorkList query={useTasks({ mine: true, study: slug })} slug={slug} />;
}
