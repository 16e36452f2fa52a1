import { expect, test } from 'vitest'
import { checks } from '../../../src/checks/index.ts'
import { runChecks } from '../../../src/checks/run-checks.ts'
import type { InstalledSettings } from '../../../src/facts/installed-settings.ts'
import { config } from './changes.ts'
import { healthy } from './healthy.ts'
import { type Healthy, resultOf } from './rows.ts'

const changed =
  (...names: string[]) =>
  (node: Healthy): void => {
    for (const path of names)
      node.drift.value?.changed.push({ path, kind: 'file', how: 'has been changed', gone: false })
  }
const [broker, edgecore] = ['mosquitto', 'edgecore'].map(name => `/etc/systemd/system/${name}.service`) as [
  string,
  string,
]
const editor = '${EDITOR:-vi} /etc/kubeedge/config/edgecore.yaml'
const restart = 'systemctl restart edgecore'

test.each<[string, string, (node: Healthy) => unknown, string[]]>([
  [
    'units-installed',
    'two edited units, of which one install must replace both',
    changed(broker, edgecore),
    [`./edgekit install --force=${broker} --force=${edgecore}`],
  ],
  [
    'files-installed',
    'two replaced programs',
    changed('/usr/local/bin/edgecore', '/usr/local/bin/keadm'),
    ['./edgekit install --force=/usr/local/bin/edgecore --force=/usr/local/bin/keadm'],
  ],
  [
    'edgecore-event-bus',
    'a key that an upgrade may have left to the user',
    config('modules: {eventBus: {mqttMode: 0}}'),
    ['./edgekit install --set modules.eventBus.mqttMode=2'],
  ],
  [
    'event-bus-tls',
    'TLS, which an install does not change by itself',
    config('modules: {eventBus: {eventBusTLS: {enable: true}}}'),
    [
      './edgekit install --set modules.eventBus.eventBusTLS.enable=false --set modules.eventBus.mqttServerExternal=tcp://127.0.0.1:1883',
    ],
  ],
  [
    'edgecore-config-valid',
    'a value that every install sets',
    config('modules: {eventBus: {mqttMode: 3}}'),
    ['./edgekit install', restart],
  ],
  [
    'edgecore-config-valid',
    'an empty section',
    config('modules: {eventBus: }'),
    ['./edgekit install', restart],
  ],
  [
    'edgecore-config-valid',
    'a value that no install sets',
    config('modules: {eventBus: {mqttMode: 3}, edgeHub: {enable: "yes"}}'),
    [editor, restart],
  ],
  [
    'edgecore-config-valid',
    'a section that no install fills',
    config('modules: {metaManager: }'),
    [editor, restart],
  ],
  [
    'node-certificate',
    'an expired certificate',
    node => Object.assign(node.certificates.value.node ?? {}, { validTo: 0 }),
    ['keadm gettoken', './edgekit install --rejoin --token-file FILE'],
  ],
])('the remedy of %s: %s', (id, _, change, commands) => {
  expect(resultOf(id, change)?.remedy?.commands).toEqual(commands)
})

/** What an install with these settings leaves alone, unless a flag includes it. */
test.each<[InstalledSettings['edgecore'], string]>([
  ['running', ''],
  ['none', ' --edgecore'],
  ['staged', ' --no-stage'],
])('an EdgeCore that runs although the node is set to %s is fixed by an install%s', (set, flag) => {
  const node = healthy()
  node.installedSettings.value.edgecore = set
  node.units.value.edgecore.after = []
  config('modules: {eventBus: {mqttMode: 0}}')(node)
  const commands = runChecks(checks, node).flatMap(({ remedy }) => remedy?.commands ?? [])
  expect(commands).toEqual([
    `./edgekit install --set modules.eventBus.mqttMode=2${flag}`,
    `./edgekit install${flag}`,
    'systemctl daemon-reload',
  ])
})

test('the remedy for a broker does not install EdgeCore', () => {
  const node = healthy()
  node.installedSettings.value.edgecore = 'none'
  changed(broker)(node)
  expect(runChecks(checks, node).flatMap(({ remedy }) => remedy?.commands ?? [])).toEqual([
    `./edgekit install --force=${broker}`,
  ])
})
