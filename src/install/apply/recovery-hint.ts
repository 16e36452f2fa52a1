import { paths } from '../../node/paths.ts'
import type { RestoredDatabase } from './return-edgecore.ts'

/** An unpacked bundle has edgekit in its directory; an installed edgekit is on the PATH. */
const program = (): string => (process.execPath === paths.program ? 'edgekit' : './edgekit')

/** The two ways to continue after an interruption. */
export const recoveryHint = (): string =>
  `Run the same command again to finish, or roll back:\n  sudo ${program()} rollback`

/** What to know about an EdgeCore that runs with the copy of its database. */
export const databaseLines = (database: RestoredDatabase | undefined): string[] =>
  database
    ? [
        `EdgeCore's database is the copy of ${database.at}; the newer one is in ${database.aside}.`,
        'What the cloud has sent since then arrives when it changes there.',
      ]
    : []

export const unrevertedLines = (unreverted: readonly string[]): string[] => [
  'These changes could not be rolled back:',
  ...unreverted.map(item => `  ${item}`),
]
