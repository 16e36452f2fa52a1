import { requireFact } from '../../facts/fact.ts'
import { formatBytes } from '../../lib/format.ts'
import type { Check } from '../check.ts'

/** "About 10 MB": the largest of eclipse-mosquitto 2.0 is 8.0 MB, of 2.1 13.2 MB. */
const budget = 15_000_000

export const brokerImageSize: Check = {
  id: 'broker-image-size',
  title: 'The image of the broker is a small one',
  tags: ['doctor'],
  run(facts) {
    const bundle = requireFact(facts.bundle)
    const image = bundle?.images.find(({ reference }) => reference === bundle.broker.image)
    const size = bundle?.files.find(({ path }) => path === image?.archive)?.size
    if (!image || size === undefined)
      return { status: 'skip', observed: 'edgekit has installed no bundle here' }
    if (size <= budget) return { status: 'pass', observed: formatBytes(size) }
    return {
      status: 'warn',
      observed: `${image.reference} has ${formatBytes(size)}`,
      expected: 'about 10 MB: it is in every bundle and on every node',
      remedy: { text: 'Use the image eclipse-mosquitto:2.0 in the bundle definition.' },
    }
  },
}
