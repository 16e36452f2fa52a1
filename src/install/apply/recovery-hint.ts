import { paths } from '../../node/paths.ts'

/** What to type: the edgekit of an unpacked bundle is started there, an installed one is on the path. */
const program = (): string => (process.execPath === paths.program ? 'edgekit' : './edgekit')

/** The two ways out of a run that was interrupted. */
export const recoveryHint = (): string =>
  `Finish it with the same command, or put everything back:\n  sudo ${program()} rollback`

/** The lines that name what could not be put back. */
export const unrevertedLines = (left: readonly string[]): string[] => [
  'Not everything could be put back:',
  ...left.map(item => `  ${item}`),
]
