/** What is logged, by the code of the problem, and the cause that is shown for it. */
export type ProblemRows = Record<string, { text: string; lines: string[] }>
