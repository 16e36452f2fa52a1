import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const runcRuns: Check = {
  id: 'runc-runs',
  title: 'runc is there and runs',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers'],
  run(facts) {
    const runc = requireFact(facts.runc)
    if ('version' in runc) return { status: 'pass', observed: runc.version }
    return {
      status: 'fail',
      observed: runc.failure,
      expected: 'runc, which containerd starts every container with',
      remedy: {
        text: 'Install the package of the distribution again.',
        commands: ['type -a runc; runc --version', 'apt-get install --reinstall runc'],
      },
    }
  },
}
