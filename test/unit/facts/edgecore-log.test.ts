import { expect, test } from 'vitest'
import { edgecoreLog } from '../../../src/facts/edgecore-log.ts'
import type { Node } from '../../../src/node/node.ts'
import { units } from '../../../src/node/paths.ts'
import type { JournalLine } from '../../../src/node/systemd-journal.ts'
import { tinyNode } from '../actions/tiny-node.ts'

const at = (second: number) => new Date(2026, 10, 21, 10, 0, second).getTime()
const stamp = (second: number) => `1121 10:00:${String(second).padStart(2, '0')}.000000`
const klog = (second: number, pid: number, message: string, letter = 'I') =>
  `${letter}${stamp(second)} ${String(pid).padStart(7)} x.go:1] ${message}`
const version = (second: number, pid: number) =>
  klog(second, pid, 'Version: v1.23.1').replace('x.go', 'server.go')
const systemd = (second: number, text: string): JournalLine => ({
  time: at(second),
  pid: 1,
  text: `edgecore.service: ${text}`,
})

const died = [
  systemd(5, 'Main process exited, code=exited, status=2/INVALIDARGUMENT'),
  systemd(5, "Failed with result 'exit-code'."),
]
const again = systemd(15, 'Scheduled restart job, restart counter is at 1.')

async function collect(lines: JournalLine[], change: { standardError?: string; file?: string }) {
  const tiny = await tinyNode()
  const path = '/etc/systemd/system/edgecore.service'
  const { standardError = 'journal' } = change
  await tiny.put(path, `[Service]\nStandardError=${standardError}\n`)
  tiny.setUnit(units.edgecore, {
    load: 'loaded',
    fragmentPath: path,
    standardError: standardError.replace(/:.*/, ''),
  })
  if (change.file !== undefined) await tiny.put('/var/log/edgecore.log', change.file)
  const asked: string[] = []
  const node: Node = {
    ...tiny,
    journal: {
      async lines(_, { max, of = 'all' }) {
        asked.push(of)
        return lines.filter(({ pid }) => of === 'all' || pid === 1).slice(-max)
      },
    },
  }
  return { asked, log: await edgecoreLog.collect(node, AbortSignal.timeout(5000)) }
}

const toFile = { standardError: 'append:/var/log/edgecore.log' }

test('a log file is read together with what systemd logged', async () => {
  const panic =
    'panic: failed to apply the edge certs, err: failed to get CA certificate, err: dial tcp 192.0.2.1:10002: i/o timeout'
  const file = [
    version(1, 7),
    panic,
    version(16, 8),
    klog(17, 8, 'Websocket connect to cloud access successful'),
  ]
  const { log } = await collect([...died, again], { ...toFile, file: file.join('\n') })
  expect(log).toMatchObject({
    file: '/var/log/edgecore.log',
    cloud: 'connected',
    restarts: 1,
    starts: 2,
    hasRecovered: true,
  })
  expect(log.lastEnd).toMatch(/status=2/)
})

test('a panic is in the journal, where klog writes to a file', async () => {
  const panic: JournalLine = {
    time: at(4),
    pid: 7,
    text: 'panic: failed to apply the edge certs, err: token is expired',
  }
  const { log } = await collect([panic, ...died], { ...toFile, file: version(1, 7) })
  expect(log.fatal).toMatchObject({ code: 'token-expired' })
})

test('a log that cannot be read is named', async () => {
  expect((await collect([], toFile)).log).toMatchObject({ unseen: '/var/log/edgecore.log does not exist' })
  expect((await collect([], { standardError: 'null' })).log).toMatchObject({
    unseen: 'the unit has StandardError=null',
    restarts: undefined,
  })
})

test('restarts are counted however much EdgeCore has logged since', async () => {
  const chatter = Array.from({ length: 3000 }, (_, index) => ({
    time: at(20) + index,
    pid: 8,
    text: klog(20, 8, 'x'),
  }))
  const { log, asked } = await collect([...died, again, ...chatter], {})
  expect(asked).toEqual(['all', 'systemd'])
  expect(log.restarts).toBe(1)
})
