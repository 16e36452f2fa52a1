import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

/** It opens the port when it has found its container runtime. */
const startMs = 15_000

export const edgecoreHealth: Check = {
  id: 'edgecore-health',
  title: 'EdgeCore says that it is well',
  tags: ['doctor'],
  appliesTo: { edgecore: 'prepared' },
  needs: ['edgecore-active', 'edgecore-ports'],
  run(facts) {
    const config = requireFact(facts.edgecoreConfig).config
    const unit = requireFact(facts.units).edgecore
    if (unit.active !== 'active') return { status: 'skip', observed: 'EdgeCore does not run' }
    if (config && !config.edged.enable.value)
      return { status: 'skip', observed: 'the kubelet inside EdgeCore (edged), which answers this, is off' }
    const answer = requireFact(facts.edgecoreHealth)
    const seen = 'status' in answer ? `${answer.status} ${answer.body}` : answer.failure
    if ('status' in answer && answer.status === 200) return { status: 'pass', observed: seen }
    if (/REFUSED/.test(seen) && (unit.activeForMs ?? 0) < startMs)
      return { status: 'skip', observed: 'EdgeCore has only just been started' }
    return {
      status: 'fail',
      observed: `http://127.0.0.1:10350/healthz: ${seen}`,
      expected: '200 ok: its unit is active, but the program does not do its work',
      remedy: {
        text: 'Its log may say why. A restart frees a program that stands still; the pods go on.',
        commands: ['journalctl -u edgecore -n 50 --no-pager', 'systemctl restart edgecore'],
      },
    }
  },
}
