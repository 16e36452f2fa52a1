/** Work of one step; `note` shows a short text next to the title. */
export type StepWork<T> = (note: (text: string) => void) => Promise<T>

/** Shows a step while its work runs. Returns its result and rethrows its error. */
export type RunStep = <T>(title: string, work: StepWork<T>) => Promise<T>
