import { databaseLines } from '../install/apply/recovery-hint.ts'
import type { RollBack } from '../install/apply/roll-back.ts'
import type { Returned } from '../install/return-to-previous.ts'
import type { RollbackOutput } from './json/rollback.ts'

/** The output of a rollback, as text and as data; undefined when nothing was interrupted. */
export function rollbackOutput(result: RollBack | Returned | undefined): {
  text: string
  data: RollbackOutput
} {
  if (!result) {
    return {
      text: 'Nothing to roll back: no install was interrupted.',
      data: { schemaVersion: 1, restored: [] },
    }
  }
  const { restored, database } = result
  const { kubeedgeVersion, copies = [] } = 'copies' in result ? result : {}
  const outcome =
    kubeedgeVersion === undefined
      ? 'All changes were rolled back.'
      : `This node is back at KubeEdge ${kubeedgeVersion}.`
  return {
    text: [
      `\n${outcome}`,
      ...copies.map(path => `The configuration until now is in ${path}.`),
      ...databaseLines(database),
    ].join('\n'),
    data: {
      schemaVersion: 1,
      restored,
      ...(kubeedgeVersion !== undefined && { kubeedgeVersion, copies }),
      ...(database && { database }),
    },
  }
}
