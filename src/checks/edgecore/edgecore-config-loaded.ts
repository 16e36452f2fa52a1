import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** EdgeCore 1.21 and later write the file themselves when they start, and once more when they get their certificate. */
const ownWriteMs = 60_000

export const edgecoreConfigLoaded: Check = {
  id: 'edgecore-config-loaded',
  title: 'EdgeCore runs with what is in edgecore.yaml now',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-config-file', 'edgecore-active', 'clock'],
  run(facts) {
    const { path, modifiedAt } = requireFact(facts.edgecoreConfig)
    const { active, activeForMs } = requireFact(facts.units).edgecore
    if (active !== 'active' || activeForMs === undefined)
      return { status: 'skip', observed: 'EdgeCore does not run' }
    const startedAt = requireFact(facts.clock).now - activeForMs
    if (modifiedAt === undefined || modifiedAt < startedAt + ownWriteMs)
      return { status: 'pass', observed: 'it was started after the last change' }
    return {
      status: 'warn',
      observed: `${path} was changed at ${new Date(modifiedAt).toISOString()}, EdgeCore was started at ${new Date(startedAt).toISOString()}`,
      expected: 'a start after the last change: EdgeCore reads the file only then',
      remedy: { text: 'Restart EdgeCore; the pods go on.', commands: ['systemctl restart edgecore'] },
    }
  },
}
