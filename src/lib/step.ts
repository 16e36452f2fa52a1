/** A unit of work shown to the user while it runs. */
export interface Step {
  title: string
  run: (note: (text: string) => void) => Promise<void>
}

/** Run and show steps in order; rethrow the first error unchanged. */
export type StepRunner = (steps: readonly Step[]) => Promise<void>
