import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { edgecoreDatabase } from '../../../src/facts/edgecore-database.ts'
import { localNode, type Node } from '../../../src/node/node.ts'
import { paths } from '../../../src/node/paths.ts'
import { parseUnit } from '../../../src/node/systemd.ts'

const node = { metadata: { name: 'edge-1', uid: '5f0e7f3c-0d0b-4a40-9f6e-0f4d8b7f4f4e' } }

/** What EdgeCore keeps of its Node: under `default/node/edge-1` of table `meta`, as text. */
const kept = (value: string) => (path: string) => {
  const database = new DatabaseSync(path)
  database.exec('CREATE TABLE meta (key text, type text, value text)')
  database.prepare('INSERT INTO meta VALUES (?, ?, ?)').run('default/node/edge-1', 'node', value)
  database.close()
}

async function factsOf(make: (path: string) => void) {
  const directory = mkdtempSync(join(tmpdir(), 'database-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'edgecore.db')
  make(path)
  const real = localNode()
  const machine: Node = {
    ...real,
    systemd: { ...real.systemd, unit: async name => parseUnit(name, '', 0) },
    files: {
      ...real.files,
      read: async file =>
        file === paths.edgecoreConfig ? `database: {dataSource: ${path}}` : real.files.read(file),
    },
  }
  const { wasRegistered, reportedAt, problem } = await edgecoreDatabase.collect(
    machine,
    AbortSignal.timeout(5000),
  )
  return { wasRegistered, reportedAt, problem: problem?.replace(path, 'PATH') }
}

test.each([
  ['a Node of the API server', kept(JSON.stringify(node)), true, undefined],
  ['the whole answer, as v1.12 keeps it', kept(JSON.stringify({ Object: node, Err: null })), true, undefined],
  [
    'an empty Node, as v1.23 keeps it while the API server is away',
    kept('{"kind":"Node","metadata":{}}'),
    false,
    undefined,
  ],
  ['an answer without a Node', kept('null'), false, undefined],
  ['a damaged Node', kept('{"metadata":{"uid"'), false, undefined],
  ['no file', () => {}, false, undefined],
  ['an empty file', (path: string) => writeFileSync(path, ''), false, undefined],
  [
    'no database',
    (path: string) => writeFileSync(path, 'x'.repeat(9000)),
    undefined,
    'PATH: it is not an SQLite database',
  ],
  [
    'a database of another module',
    (path: string) => {
      const database = new DatabaseSync(path)
      database.exec('CREATE TABLE device (id text)')
      database.close()
    },
    undefined,
    'PATH: it lacks the table',
  ],
])('%s', async (_, make, wasRegistered, problem) => {
  expect(await factsOf(make)).toEqual({ wasRegistered, reportedAt: undefined, problem })
})

const beats = (...times: (string | undefined)[]) => ({
  status: { conditions: times.map(lastHeartbeatTime => ({ type: 'Ready', lastHeartbeatTime })) },
})

test.each([
  [
    'the latest heartbeat that the cloud has answered',
    { ...node, ...beats('2026-11-30T01:41:57Z', '2026-11-30T01:42:07Z', undefined) },
    '2026-11-30T01:42:07Z',
  ],
  [
    'the same inside the answer of v1.12',
    { Object: { ...node, ...beats('2026-11-30T01:41:57Z') } },
    '2026-11-30T01:41:57Z',
  ],
  ['none of a Node that the cloud has not created', beats('2026-11-30T01:41:57Z'), undefined],
  ['none of a Node without conditions', node, undefined],
])('%s', async (_, value, at) => {
  const { reportedAt } = await factsOf(kept(JSON.stringify(value)))
  expect(reportedAt).toBe(at && Date.parse(at))
})
