import { installedDisk } from './machine/installed.ts'
import { releases } from './machine/tree.ts'

/** Before the tests on nodes, beside what all tests in the lab need. */
export async function setup(): Promise<void> {
  await Promise.all(releases.map(release => installedDisk(release)))
}
