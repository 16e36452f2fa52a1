import { installedDisk } from './machine/installed.ts'
import { releases } from './machine/tree.ts'

/** Set up for node tests, in addition to what all lab tests need. */
export async function setup(): Promise<void> {
  await Promise.all(releases.map(release => installedDisk(release)))
}
