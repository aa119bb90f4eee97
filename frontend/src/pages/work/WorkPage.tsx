import { useTasks } from '../../api/queries';
import { WorkList } from './WorkList';

/** Everything that is mine, in all studies. */
export default function WorkPage() {
  return <WorkList query={useTasks({ mine: true })} />;
}
