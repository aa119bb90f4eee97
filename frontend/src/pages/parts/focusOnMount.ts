/** As a `ref`: a field that appears once its data is there takes the focus, which the dialog around it gave away at opening. */
export const focusOnMount = (field: HTMLElement | null): void => field?.focus();
