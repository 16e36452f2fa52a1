/** One piece of work that is shown to the user while it runs. */
export interface Step {
  title: string
  run: (note: (text: string) => void) => Promise<void>
}

/** Runs steps in order and shows them; throws the first error as it is. */
export type StepRunner = (steps: readonly Step[]) => Promise<void>
