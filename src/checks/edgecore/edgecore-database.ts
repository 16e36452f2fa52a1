import { requireFact } from '../../facts/fact.ts'
import type { Check, Finding } from '../check.ts'
import { withWayBack } from '../shared/way-back.ts'

/** EdgeCore creates the database moments after its first start, on a slow machine later. */
const startMs = 10_000

export const edgecoreDatabase: Check = {
  id: 'edgecore-database',
  title: 'EdgeCore database is intact',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['running-as-root', 'edgecore-config-valid'],
  run(facts) {
    const { path, size, isDatabase } = requireFact(facts.edgecoreDatabase)
    const { activeForMs = 0 } = requireFact(facts.units).edgecore
    if (isDatabase) return { status: 'pass', observed: path }
    if ((size === undefined || size === 0) && activeForMs < startMs * requireFact(facts.machine).slowness)
      return {
        status: 'skip',
        observed: `${path} ${size === 0 ? 'is still empty' : 'does not exist yet'}; EdgeCore creates it`,
      }
    const finding: Finding = {
      status: 'fail',
      observed:
        size === undefined
          ? `EdgeCore is running but ${path} is gone`
          : `${path} is ${size === 0 ? 'empty' : 'not an SQLite database'}`,
      expected: 'an SQLite database: without it pods do not come back after a restart',
      remedy: {
        text: 'Restart EdgeCore with a new database while the cloud is reachable: the cloud sends its content again.',
        commands: [
          'systemctl stop edgecore',
          ...(size === undefined ? [] : [`mv ${path} ${path}.damaged`]),
          'systemctl start edgecore',
        ],
      },
    }
    return withWayBack(finding, facts)
  },
}
