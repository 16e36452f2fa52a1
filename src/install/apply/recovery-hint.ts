import { paths } from '../../node/paths.ts'

/** An unpacked bundle has edgekit in its directory; an installed edgekit is on the PATH. */
const program = (): string => (process.execPath === paths.program ? 'edgekit' : './edgekit')

/** The two ways to continue after an interruption. */
export const recoveryHint = (): string =>
  `Run the same command again to finish, or roll back:\n  sudo ${program()} rollback`

export const unrevertedLines = (unreverted: readonly string[]): string[] => [
  'These changes could not be rolled back:',
  ...unreverted.map(item => `  ${item}`),
]
