import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const runcRuns: Check = {
  id: 'runc-runs',
  title: 'runc is installed and runs',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers'],
  run(facts) {
    const runc = requireFact(facts.runc)
    if ('version' in runc) return { status: 'pass', observed: runc.version }
    return {
      status: 'fail',
      observed: runc.failure,
      expected: 'a working runc: containerd starts every container with it',
      remedy: {
        text: 'Reinstall the runc package.',
        commands: ['apt-get install --reinstall runc', 'type -a runc; runc --version'],
      },
    }
  },
}
