import { unpackedLabBundle } from './bundles/bundle.ts'
import { prepareHost } from './host.ts'
import { reap } from './machine/reap.ts'
import { pristineTree, releases } from './machine/tree.ts'

/** Once before all tests that need the lab: what is slow to make, and room where an earlier run ended badly. */
export async function setup(): Promise<void> {
  await prepareHost()
  await reap()
  await Promise.all(releases.map(pristineTree))
  await unpackedLabBundle()
}

export async function teardown(): Promise<void> {
  await reap()
}
