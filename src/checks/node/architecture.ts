import { requireFact } from '../../facts/fact.ts'
import type { Check } from '../check.ts'

export const architecture: Check = {
  id: 'architecture',
  title: "Bundle matches this machine's architecture",
  tags: ['preflight', 'doctor'],
  appliesTo: { roles: ['edge', 'cloud'] },
  run(facts) {
    const bundle = requireFact(facts.bundle)
    const { arch } = requireFact(facts.machine)
    if (!bundle) return { status: 'skip', observed: 'no bundle is installed' }
    if (bundle.arch === arch) return { status: 'pass', observed: arch }
    return {
      status: 'fail',
      observed: `the bundle is for ${bundle.arch}, this node is ${arch}`,
      expected: `a bundle for ${arch}`,
      remedy: { text: `Use the bundle for ${arch}. Its name ends in -${arch}.tar.gz.` },
    }
  },
}
