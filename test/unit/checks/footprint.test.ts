import { broker, probe } from './changes.ts'
import { type Row, testRows } from './rows.ts'

const rows: Row[] = [
  [
    'broker-memory',
    'warn',
    '30 MB',
    '30.0 MB, ctr 26.7 MB, containerd-shim 20.3 MB',
    node => broker(node, { residentBytes: 30e6 }),
  ],
  [
    'broker-cpu',
    'warn',
    '2% while idle',
    '2.00% CPU since its start, with hardly any messages',
    node => broker(node, { cpuMs: 72_000 }),
  ],
  [
    'broker-cpu',
    'pass',
    '2% under load',
    '2.00% CPU since its start, 6000 messages in the last minute',
    node => {
      broker(node, { cpuMs: 72_000 })
      probe(node, { publishedPerMinute: 6_000 })
    },
  ],
  [
    'broker-cpu',
    'pass',
    'just started',
    '4.00% CPU since its start',
    node => broker(node, { cpuMs: 400, ageMs: 10_000 }),
  ],
  [
    'broker-cpu',
    'pass',
    'just started on an emulated processor',
    '5.00% CPU since its start',
    node => {
      broker(node, { cpuMs: 3_000, ageMs: 60_000 })
      node.machine.value.slowness = 3
    },
  ],
  [
    'broker-cpu',
    'warn',
    'busy on an emulated processor',
    '5.00% CPU since its start, with hardly any messages',
    node => {
      broker(node, { cpuMs: 300_000, ageMs: 6_000_000 })
      node.machine.value.slowness = 3
    },
  ],
  [
    'broker-start-time',
    'warn',
    '3 s',
    '3.0 s until the first MQTT answer',
    node => (node.units.value.broker.startedInMs = 3_000),
  ],
  [
    'broker-start-time',
    'pass',
    '3 s on a busy machine',
    '3.0 s until the first MQTT answer',
    node => {
      node.units.value.broker.startedInMs = 3_000
      broker(node, { load: 2 })
    },
  ],
  [
    'broker-start-time',
    'pass',
    '9 s on an emulated processor',
    '9.0 s until the first MQTT answer',
    node => {
      node.units.value.broker.startedInMs = 9_000
      node.machine.value.slowness = 5
    },
  ],
  [
    'broker-start-time',
    'warn',
    '11 s on a very busy machine',
    '11.0 s until the first MQTT answer',
    node => {
      node.units.value.broker.startedInMs = 11_000
      broker(node, { load: 20 })
    },
  ],
  [
    'broker-start-time',
    'pass',
    '3 s at boot',
    '3.0 s until the first MQTT answer, at boot',
    node => {
      node.units.value.broker.startedInMs = 3_000
      broker(node, { ageMs: 7_190_000 })
    },
  ],
  [
    'broker-image-size',
    'warn',
    'a large image',
    'docker.io/library/eclipse-mosquitto:2.0 is 40.0 MB',
    node => Object.assign(node.bundle.value?.files[0] ?? {}, { size: 40e6 }),
  ],
  [
    'broker-image-size',
    'skip',
    'no bundle installed',
    'no bundle is installed',
    node => (node.bundle.value = undefined),
  ],
]

testRows(rows)
