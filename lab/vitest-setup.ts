import { unpackedLabBundle } from './bundles/bundle.ts'
import { prepareHost } from './host.ts'
import { reap } from './machine/reap.ts'
import { pristineTree, releases } from './machine/tree.ts'

/** Set up once for all lab tests: build what is slow, and remove what a crashed run left behind. */
export async function setup(): Promise<void> {
  await prepareHost()
  await reap()
  await Promise.all(releases.map(pristineTree))
  await unpackedLabBundle()
}

export async function teardown(): Promise<void> {
  await reap()
}
