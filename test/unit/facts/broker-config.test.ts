import { expect, test } from 'vitest'
import { brokerConfig, readBrokerConfigText } from '../../../src/facts/broker-config.ts'
import { localNode } from '../../../src/node/node.ts'
import { paths } from '../../../src/node/paths.ts'

const ourMounts =
  '--mount type=bind,src=/etc/edgekit/mosquitto,dst=/mosquitto/config,options=rbind:ro --mount type=bind,src=/var/lib/edgekit/mosquitto,dst=/mosquitto/data,options=rbind:rw'

/** A node with these files and this command line of the broker. */
function nodeWith(texts: Record<string, string>, execStart = ''): ReturnType<typeof localNode> {
  const node = localNode()
  const files = {
    ...node.files,
    read: async (path: string) => texts[path],
    status: async () => undefined,
    list: async (path: string) =>
      Object.keys(texts).flatMap(file => (file.startsWith(`${path}/`) ? [file.slice(path.length + 1)] : [])),
  }
  const [unit] = [{ execStart } as Awaited<ReturnType<typeof node.systemd.unit>>]
  return { ...node, files, systemd: { ...node.systemd, unit: async () => unit } }
}

test('expands include_dir where it stands, as mosquitto does', async () => {
  const node = nodeWith({
    [paths.brokerConfig]: 'listener 1883 127.0.0.1\ninclude_dir /mosquitto/config/conf.d\npersistence true',
    '/etc/edgekit/mosquitto/conf.d/b.conf': 'listener 1884',
    '/etc/edgekit/mosquitto/conf.d/Z.conf': 'listener 8883',
    '/etc/edgekit/mosquitto/conf.d/notes.txt': 'listener 9',
  })
  expect(await readBrokerConfigText(node)).toBe(
    'listener 1883 127.0.0.1\nlistener 8883\nlistener 1884\npersistence true',
  )
})

test('a missing directory includes nothing; without mosquitto.conf there is no text', async () => {
  expect(await readBrokerConfigText(nodeWith({ [paths.brokerConfig]: 'include_dir /nowhere' }))).toBe('')
  expect(await readBrokerConfigText(nodeWith({}))).toBeUndefined()
})

test.each([
  ['as installed', 'persistence_location /mosquitto/data/', ourMounts, '/var/lib/edgekit/mosquitto'],
  ['without a unit', 'persistence_location /mosquitto/data', '', '/var/lib/edgekit/mosquitto'],
  [
    'a directory in the mount',
    'persistence_location /mosquitto/data/a/',
    ourMounts,
    '/var/lib/edgekit/mosquitto/a',
  ],
  ['no location', 'persistence true', ourMounts, undefined],
  ['a directory of the image', 'persistence_location /var/lib/mosquitto', ourMounts, undefined],
  ['a similar name', 'persistence_location /mosquitto/database', ourMounts, undefined],
  [
    'the mount of a drop-in',
    'persistence_location /srv/mqtt/',
    `${ourMounts} --mount type=bind,src=/mnt/flash,dst=/srv,options=rbind:rw`,
    '/mnt/flash/mqtt',
  ],
])('persistence_location on the node: %s', async (_, conf, execStart, expected) => {
  const node = nodeWith({ [paths.brokerConfig]: conf }, execStart)
  expect((await brokerConfig.collect(node, AbortSignal.timeout(1_000)))?.dataDirectory).toBe(expected)
})

test.each([
  ['as installed', 'persistence_location /mosquitto/data/\nlog_dest stderr', []],
  [
    'pasted from a tutorial',
    'listener 1883\npersistence_location /data\nlog_dest file /mosquitto/log/mosquitto.log\npid_file /run/mosquitto.pid',
    [2, 3, 4],
  ],
  ['a comment', '# persistence_location /data', []],
  ['the mount of a drop-in', 'persistence_location /srv/mqtt/\nlog_dest file /srv/log', []],
])('lines that the broker cannot use in its container: %s', async (_, conf, lines) => {
  const mounts = `${ourMounts} --mount type=bind,src=/mnt/flash,dst=/srv,options=rbind:rw`
  const node = nodeWith({ [paths.brokerConfig]: conf }, mounts)
  const found = await brokerConfig.collect(node, AbortSignal.timeout(1_000))
  expect(found?.unusable.map(({ line }) => line)).toEqual(lines)
})
