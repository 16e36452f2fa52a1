import { requireFact } from '../../facts/fact.ts'
import type { Check, Finding } from '../check.ts'

export const runcRuns: Check = {
  id: 'runc-runs',
  title: 'runc is installed and runs',
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  needs: ['containerd-answers'],
  run(facts) {
    const runc = requireFact(facts.runc)
    if ('slowMs' in runc) return slow(runc.slowMs)
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

/** The package may be fine. */
const slow = (slowMs: number): Finding => ({
  status: 'warn',
  observed: `runc --version: no answer within ${slowMs / 1000} s`,
  expected: 'an answer within seconds: the machine is busy, or its disk is slow',
  remedy: {
    text: 'Look for what keeps the machine or its disk busy.',
    commands: ['time runc --version', 'ps -eo pcpu,stat,comm --sort=-pcpu | head -n 15'],
  },
})
