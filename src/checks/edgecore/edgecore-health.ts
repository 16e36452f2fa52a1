import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { edgecoreStartMs } from '../shared/edgecore-start.ts'

export const edgecoreHealth: Check = {
  id: 'edgecore-health',
  title: 'EdgeCore health endpoint returns ok',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-active', 'edgecore-ports'],
  run(facts) {
    const config = requireFact(facts.edgecoreConfig).config
    const unit = requireFact(facts.units).edgecore
    if (unit.active !== 'active') return { status: 'skip', observed: 'EdgeCore is not running' }
    if (config && !config.edged.enable.value)
      return { status: 'skip', observed: 'edged, which serves this endpoint, is disabled' }
    const answer = requireFact(facts.edgecoreHealth)
    const seen = 'status' in answer ? `${answer.status} ${answer.body}` : answer.failure
    if ('status' in answer && answer.status === 200) return { status: 'pass', observed: seen }
    if (/refused/.test(seen) && (unit.activeForMs ?? 0) < edgecoreStartMs(facts))
      return { status: 'skip', observed: 'EdgeCore has just started' }
    return {
      status: 'fail',
      observed: `http://127.0.0.1:10350/healthz: ${seen}`,
      expected: '200 ok: the unit is active, but EdgeCore does not work',
      remedy: {
        text: 'Restart EdgeCore; pods keep running. If that does not help, check its journal.',
        commands: ['systemctl restart edgecore', 'journalctl -u edgecore -n 50 --no-pager'],
      },
    }
  },
}
