/** Work of one step; `note` shows a short text next to the title, until the next one or ''. */
export type StepWork<T> = (note: (text: string) => void) => Promise<T>

/** The place of a step among those of one kind, the first with number 1. */
export interface StepCount {
  number: number
  of: number
}

/** Shows a step while its work runs. Returns its result and rethrows its error. */
export type RunStep = <T>(title: string, work: StepWork<T>, count?: StepCount) => Promise<T>
