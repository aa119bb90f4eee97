/** What a volume is dragged as, from the case panel into a viewport. */
export const VOLUME_DRAG = 'application/x-radicula-volume';
