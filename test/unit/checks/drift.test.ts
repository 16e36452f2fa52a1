import { expect, test } from 'vitest'
import type { ChangedFile, DriftFacts } from '../../../src/facts/drift.ts'
import { type Healthy, type Row, resultOf, testRows } from './rows.ts'

const drift = (node: Healthy) => node.drift.value as NonNullable<typeof node.drift.value>

const previous = (node: Healthy) => drift(node).previous as NonNullable<DriftFacts['previous']>

const edgecoreDatabase = (node: Healthy) => node.edgecoreDatabase.value as { isDatabase: boolean }

const changed =
  (path: string, how: string, kind: ChangedFile['kind'] = 'file') =>
  (node: Healthy): unknown =>
    drift(node).changed.push({ path, kind, how, gone: how === 'is gone' })

const unreadable = (node: Healthy): unknown =>
  (drift(node).unreadable = { path: '/var/lib/edgekit/receipt.json', reason: 'cannot read it: not JSON' })

const changedUnit = { path: '/etc/systemd/system/edgecore.service', kind: 'file', gone: false } as const

const rows: Row[] = [
  [
    'receipt-readable',
    'fail',
    'a damaged receipt',
    '/var/lib/edgekit/receipt.json cannot be read',
    unreadable,
  ],
  [
    'receipt-readable',
    'skip',
    'no receipt',
    'nothing installed by edgekit',
    node => (node.drift.value = undefined),
  ],
  ['files-installed', 'skip', 'a damaged receipt', 'depends on receipt-readable', unreadable],
  [
    'install-finished',
    'skip',
    'a damaged receipt',
    'unknown: /var/lib/edgekit/receipt.json cannot be read',
    unreadable,
  ],
  [
    'units-installed',
    'pass',
    'a mask in place of a unit',
    'unchanged',
    node => {
      node.units.value.edgecore.load = 'masked'
      drift(node).changed.push({ ...changedUnit, how: 'has been changed' })
    },
  ],
  [
    'units-installed',
    'fail',
    'a deleted unit',
    '/etc/systemd/system/edgecore.service is gone',
    node => drift(node).changed.push({ ...changedUnit, gone: true, how: 'is gone' }),
  ],
  [
    'units-installed',
    'pass',
    'a unit that keadm reset has deleted with everything else',
    'unchanged',
    node => {
      drift(node).changed.push({ ...changedUnit, gone: true, how: 'is gone' })
      node.edgecoreConfig.value.config = undefined
      node.certificates.value.node = undefined
      Object.assign(node.edgecoreDatabase.value, { size: undefined })
    },
  ],
  [
    'files-installed',
    'fail',
    'a program that nobody may run',
    '/usr/local/bin/edgecore has mode 644',
    node =>
      drift(node).changed.push({
        path: '/usr/local/bin/edgecore',
        kind: 'file',
        gone: false,
        how: 'has mode 644',
        notExecutable: true,
      }),
  ],
  [
    'files-installed',
    'fail',
    'a missing program',
    '/usr/local/bin/edgecore is gone',
    changed('/usr/local/bin/edgecore', 'is gone'),
  ],
  [
    'files-installed',
    'fail',
    'a damaged program',
    '/opt/edgekit/bin/edgekit has been changed',
    changed('/opt/edgekit/bin/edgekit', 'has been changed'),
  ],
  [
    'files-installed',
    'warn',
    'a replaced program',
    '/usr/local/bin/edgecore has been changed',
    changed('/usr/local/bin/edgecore', 'has been changed'),
  ],
  [
    'image-archives',
    'warn',
    'no archive',
    '/var/lib/edgekit/images/x.tar is gone',
    changed('/var/lib/edgekit/images/x.tar', 'is gone'),
  ],
  [
    'units-installed',
    'pass',
    'an edgecore.service that keadm join has written',
    'unchanged',
    node => {
      changed('/etc/systemd/system/edgecore.service', 'has been changed')(node)
      node.units.value.edgecore.ours = false
    },
  ],
  [
    'units-installed',
    'fail',
    'a deleted edgecore.service',
    '/etc/systemd/system/edgecore.service is gone',
    node => {
      changed('/etc/systemd/system/edgecore.service', 'is gone')(node)
      node.units.value.edgecore.ours = false
    },
  ],
  [
    'units-installed',
    'fail',
    'no unit',
    '/etc/systemd/system/mosquitto.service is gone',
    changed('/etc/systemd/system/mosquitto.service', 'is gone'),
  ],
  [
    'units-installed',
    'warn',
    'an edited unit',
    '/etc/systemd/system/edgecore.service has been changed',
    changed('/etc/systemd/system/edgecore.service', 'has been changed'),
  ],
  [
    'units-installed',
    'pass',
    'a missing drop-in, which edgecore-order reports',
    'unchanged',
    changed('/etc/systemd/system/edgecore.service.d/10-edgekit.conf', 'is gone'),
  ],
  [
    'units-loaded',
    'warn',
    'a unit changed on disk',
    'changed since systemd loaded them: edgecore.service',
    node => (node.units.value.edgecore.needsReload = true),
  ],
  [
    'broker-config-installed',
    'fail',
    'a missing file',
    '/etc/edgekit/mosquitto/mosquitto.conf is gone',
    changed('/etc/edgekit/mosquitto/mosquitto.conf', 'is gone'),
  ],
  [
    'broker-config-installed',
    'warn',
    'an edited file',
    '/etc/edgekit/mosquitto/mosquitto.conf has been changed',
    changed('/etc/edgekit/mosquitto/mosquitto.conf', 'has been changed'),
  ],
  [
    'edgecore-config-drift',
    'warn',
    'a changed value',
    '/etc/kubeedge/config/edgecore.yaml has other values: …',
    changed('/etc/kubeedge/config/edgecore.yaml', 'has other values: …', 'edgecore-config'),
  ],
  [
    'previous-version',
    'skip',
    'a node that was not upgraded',
    'this node was not upgraded',
    node => delete drift(node).previous,
  ],
  [
    'previous-version',
    'warn',
    'a deleted copy of the database',
    '/var/lib/edgekit/backups/R/5-edgecore.db',
    node => previous(node).damage.push('/var/lib/edgekit/backups/R/5-edgecore.db'),
  ],
]

testRows(rows)

test.each<[what: string, commands: string[], damage: string[]]>([
  ['is offered', ['edgekit rollback --to-previous'], []],
  ['is not offered without its backups', [], ['/var/lib/edgekit/backups/R/5-edgecore.db']],
])('the way back from an upgrade %s when EdgeCore fails', (_, offered, damage) => {
  for (const [id, breakIt] of [
    ['edgecore-active', (node: Healthy) => (node.units.value.edgecore.active = 'failed')],
    ['edgecore-database', (node: Healthy) => (edgecoreDatabase(node).isDatabase = false)],
  ] as const) {
    const result = resultOf(id, node => {
      breakIt(node)
      previous(node).damage.push(...damage)
    })
    expect(result?.status).toBe('fail')
    const commands = result?.remedy?.commands ?? []
    expect(commands.filter(command => command.includes('--to-previous'))).toEqual(offered)
    expect(commands.length).toBeGreaterThan(offered.length)
  }
})
