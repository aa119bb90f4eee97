import { thresholdPlan } from '../state/operationForm';
import { followGrow } from '../tools/growGesture';
import { placeOf, type PlaceContext } from './operationPlace';

const DEPENDS_ON = [
  'thresholdLive', 'operationForm', 'brushRange', 'window', 'activeLabel', 'activePlane', 'cursor', 'volume',
] as const;

/** Keeps the previews in step with what they depend on. Returns the disposer. */
export function followPreviews(context: PlaceContext): () => void {
  const stopGrow = followGrow(context);
  const stopThreshold = followThreshold(context);
  return () => {
    stopGrow();
    stopThreshold();
  };
}

/** The preview of a threshold is a rule and no list of voxels: what it would paint is read from each slice as it is drawn. */
function followThreshold(context: PlaceContext): () => void {
  const { store } = context;
  return store.subscribe((now, before) => {
    if (DEPENDS_ON.every((setting) => now[setting] === before[setting])) return;
    if (!now.thresholdLive) {
      if (before.thresholdLive) store.setState({ preview: null });
      return;
    }
    const place = now.operationForm.operation === 'threshold' ? placeOf(context) : null;
    if (!place) store.setState({ thresholdLive: false });
    else store.setState({ preview: { indices: new Uint32Array(), value: now.activeLabel, threshold: thresholdPlan(now.operationForm, place) } });
  });
}
