import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** EdgeCore 1.21 and later writes the file itself at startup, and again when it gets its certificate. */
const ownWriteMs = 60_000

export const edgecoreConfigLoaded: Check = {
  id: 'edgecore-config-loaded',
  title: 'EdgeCore runs with the current edgecore.yaml',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-file', 'edgecore-active', 'clock'],
  run(facts) {
    const { path, modifiedAt } = requireFact(facts.edgecoreConfig)
    const { active, activeForMs } = requireFact(facts.units).edgecore
    if (active !== 'active' || activeForMs === undefined)
      return { status: 'skip', observed: 'EdgeCore is not running' }
    const startedAt = requireFact(facts.clock).now - activeForMs
    if (modifiedAt === undefined || modifiedAt < startedAt + ownWriteMs)
      return { status: 'pass', observed: 'started after the last change' }
    return {
      status: 'warn',
      observed: `${path} changed at ${new Date(modifiedAt).toISOString()}, EdgeCore started at ${new Date(startedAt).toISOString()}`,
      expected: 'EdgeCore started after the last change: it reads the file only at startup',
      remedy: { text: 'Restart EdgeCore; pods keep running.', commands: ['systemctl restart edgecore'] },
    }
  },
}
