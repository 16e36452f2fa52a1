import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** It is made in the first moments of EdgeCore's first start. */
const startMs = 10_000

export const edgecoreDatabase: Check = {
  id: 'edgecore-database',
  title: 'EdgeCore has its database',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['running-as-root', 'edgecore-config-valid'],
  run(facts) {
    const { path, size, isDatabase } = requireFact(facts.edgecoreDatabase)
    const { activeForMs = 0 } = requireFact(facts.units).edgecore
    if (isDatabase) return { status: 'pass', observed: path }
    if (size === undefined && activeForMs < startMs)
      return { status: 'skip', observed: `there is no ${path}; EdgeCore makes it when it runs` }
    return {
      status: 'fail',
      observed:
        size === undefined
          ? `EdgeCore runs, and ${path} is gone`
          : `${path} is ${size === 0 ? 'empty' : 'no database of SQLite'}`,
      expected: 'what EdgeCore has been told by its cloud: without it no pod comes back after a restart',
      remedy: {
        text: 'Only the cloud can give it again: with a connection to it, let EdgeCore start with a new one. The old one is kept beside it.',
        commands: [
          'systemctl stop edgecore',
          ...(size === undefined ? [] : [`mv ${path} ${path}.damaged`]),
          'systemctl start edgecore',
        ],
      },
    }
  },
}
