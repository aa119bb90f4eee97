/** Jobs seen alive since this page was loaded: the tray shows them until they are dismissed. */

import { create } from 'zustand';

interface TrackedJobs {
  ids: readonly string[];
  track: (ids: readonly string[]) => void;
  dismiss: (id: string) => void;
  forget: () => void;
}

export const useTrackedJobs = create<TrackedJobs>()((set) => ({
  ids: [],
  track: (ids) =>
    set((state) => {
      const fresh = ids.filter((id) => !state.ids.includes(id));
      return fresh.length === 0 ? state : { ids: [...state.ids, ...fresh] };
    }),
  dismiss: (id) => set((state) => ({ ids: state.ids.filter((other) => other !== id) })),
  forget: () => set({ ids: [] }),
}));

export const trackJob = (id: string): void => useTrackedJobs.getState().track([id]);
