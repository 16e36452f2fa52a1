import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { Check } from '../check.ts'

/** The largest eclipse-mosquitto image is 8.0 MB for 2.0 and 13.2 MB for 2.1. */
const budget = 15_000_000

export const brokerImageSize: Check = {
  id: 'broker-image-size',
  title: 'Broker image is at most 15 MB',
  tags: ['doctor'],
  run(facts) {
    const bundle = requireFact(facts.bundle)
    const image = bundle?.images.find(({ reference }) => reference === bundle.broker.image)
    const size = bundle?.files.find(({ path }) => path === image?.archive)?.size
    if (!image || size === undefined) return { status: 'skip', observed: 'no bundle is installed' }
    if (size <= budget) return { status: 'pass', observed: formatBytes(size) }
    return {
      status: 'warn',
      observed: `${image.reference} is ${formatBytes(size)}`,
      expected: 'about 10 MB: the image is in every bundle and on every node',
      remedy: { text: 'Use eclipse-mosquitto:2.0 in the bundle definition.' },
    }
  },
}
