import { expect, test } from 'vitest'
import { waitForJoin } from '../../../../src/install/apply/wait-for-join.ts'
import { units } from '../../../../src/node/paths.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const uid = '5f0e7f3c-0d0b-4a40-9f6e-0f4d8b7f4f4e'
const second = 1000

interface Situation {
  /** What EdgeCore has logged; nothing where its log goes to a place that edgekit cannot read. */
  log?: string[]
  /** When the cloud answered the Node in the database, milliseconds after the start of EdgeCore. */
  reported?: number
  metadata?: object
}

/** EdgeCore runs for a minute. */
async function wait({ log, reported, metadata = { uid } }: Situation) {
  const node = await tinyNode()
  const startedAt = Date.now() - 60 * second
  node.setUnit(units.edgecore, {
    active: 'active',
    activeForMs: 60 * second,
    standardError: log ? 'journal' : 'null',
  })
  node.journal.lines = async () =>
    (log ?? []).map(text => ({ text, pid: 100, time: startedAt, writer: 'edgecore' }))
  await node.put('/var/lib/kubeedge/edgecore.db', 'SQLite format 3\0')
  const beats = [
    { lastHeartbeatTime: new Date(startedAt + (reported ?? 0)).toISOString().replace(/\.\d+/, '') },
  ]
  const status = reported === undefined ? {} : { conditions: beats }
  node.sqlite.query = async () => [{ value: JSON.stringify({ metadata, status }) }]
  return waitForJoin(node, () => {}, AbortSignal.timeout(900))
}

test('a log that cannot be read: EdgeCore has registered by its database', async () => {
  expect(await wait({ reported: 2 * second })).toEqual({ joined: true })
  expect(await wait({ log: [], reported: 2 * second })).toEqual({ joined: true })
})

test.each<[string, Situation]>([
  ['from before this start', { reported: -5 * second }],
  ['without a time', {}],
  ['that the API server did not create', { reported: 2 * second, metadata: {} }],
  [
    'where the log says that there is no connection',
    {
      reported: 2 * second,
      log: ['I1130 01:41:57.459933     100 websocket.go:51] Websocket start to connect Access'],
    },
  ],
])('a Node %s is no proof', async (_, situation) => {
  await expect(wait(situation)).rejects.toThrow(/timeout/)
})
