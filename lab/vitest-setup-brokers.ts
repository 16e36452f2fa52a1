import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { prepareHost } from './host.ts'

let state: string

/** Set up for tests with real brokers: the records of their runs are in a directory of their own. */
export async function setup(): Promise<void> {
  await prepareHost()
  state = await mkdtemp(join(tmpdir(), 'edgekit-brokers-'))
  process.env['XDG_STATE_HOME'] = state
}

export async function teardown(): Promise<void> {
  await rm(state, { recursive: true })
}
