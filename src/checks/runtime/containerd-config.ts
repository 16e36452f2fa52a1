import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'
import { containerdConfigFile, containerdConfigRemedy } from '../shared/containerd-config.ts'

export const containerdConfig: Check = {
  id: 'containerd-config',
  title: "containerd's configuration is valid",
  tags: ['preflight', 'doctor'],
  needs: ['containerd-answers'],
  run(facts) {
    const { problem } = requireFact(facts.containerdFiles)
    if (problem === undefined) return { status: 'pass', observed: containerdConfigFile }
    return {
      status: 'fail',
      observed: 'containerd cannot read its configuration',
      expected: 'valid TOML: containerd does not start again with this file',
      evidence: [problem],
      remedy: containerdConfigRemedy,
    }
  },
}
