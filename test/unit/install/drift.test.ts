import { expect, test } from 'vitest'
import { drift } from '../../../src/install/drift.ts'
import type { Node } from '../../../src/node/node.ts'
import { paths } from '../../../src/node/paths.ts'

const access = { mode: 0o755, uid: 0, gid: 0 }
const path = '/usr/local/bin/edgecore'
const installed = 'a'.repeat(64)
const left = { size: 100_000_000, modified: 1_790_000_000_000.25 }

const receipt = (spec: object, after: object | null) =>
  JSON.stringify({
    schemaVersion: 1,
    run: 'r',
    edgekit: '0.1.0',
    installedAt: '2026-11-20T10:00:00Z',
    updatedAt: '2026-11-20T10:00:00Z',
    bundle: { name: 'kubeedge-edge', kubeedgeVersion: 'v1.22.0', arch: 'amd64', manifestSha256: installed },
    options: {},
    items: [
      {
        id: path,
        kind: 'file',
        ownership: 'created',
        before: null,
        after,
        spec: { path, sha256: installed, ...access, ...spec },
      },
      {
        id: 'mosquitto.service',
        kind: 'unit-running',
        ownership: 'created',
        before: {},
        after: null,
        spec: {},
      },
    ],
  })

/** What is read from a node with one file, and what differs. */
async function lookAt(found: typeof left | undefined, { spec = {}, after = left as object | null } = {}) {
  const hashed: string[] = []
  const files = {
    read: async (name: string) => (name === paths.receipt ? receipt(spec, after) : undefined),
    status: async () => found && { kind: 'file', size: found.size, ...access },
    modified: async () => found?.modified,
    async sha256(name: string) {
      hashed.push(name)
      return 'b'.repeat(64)
    },
  }
  const facts = await drift.collect({ files } as unknown as Node, new AbortController().signal)
  return { hashed, hows: facts?.changed.map(({ how }) => how) }
}

test('a large file with unchanged size and time is not read', async () => {
  expect(await lookAt(left)).toEqual({ hashed: [], hows: [] })
})

test.each([
  ['with another time', { ...left, modified: left.modified + 1 }, {}],
  ['with another size', { ...left, size: left.size + 1 }, {}],
  ['without a recorded time', left, { after: null }],
  ['that is small', { ...left, size: 900 }, { after: { ...left, size: 900 } }],
])('a file %s is read', async (_, found, options) => {
  expect(await lookAt(found, options)).toEqual({ hashed: [path], hows: ['has been changed'] })
})

test('reports a missing file, and ignores one that belongs to the user', async () => {
  expect(await lookAt(undefined)).toEqual({ hashed: [], hows: ['is gone'] })
  expect(await lookAt(undefined, { spec: { userOwned: true } })).toEqual({ hashed: [], hows: [] })
})
