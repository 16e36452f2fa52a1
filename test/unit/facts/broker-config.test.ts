import { expect, test } from 'vitest'
import { brokerConfigText } from '../../../src/facts/broker-config.ts'
import { localFiles } from '../../../src/node/files.ts'
import { paths } from '../../../src/node/paths.ts'

const filesWith = (texts: Record<string, string>) => ({
  ...localFiles(),
  read: async (path: string) => texts[path],
  list: async (path: string) =>
    Object.keys(texts).flatMap(file => (file.startsWith(`${path}/`) ? [file.slice(path.length + 1)] : [])),
})

test('expands include_dir where it stands, as mosquitto does', async () => {
  const files = filesWith({
    [paths.brokerConfig]: 'listener 1883 127.0.0.1\ninclude_dir /mosquitto/config/conf.d\npersistence true',
    '/etc/edgekit/mosquitto/conf.d/b.conf': 'listener 1884',
    '/etc/edgekit/mosquitto/conf.d/Z.conf': 'listener 8883',
    '/etc/edgekit/mosquitto/conf.d/notes.txt': 'listener 9',
  })
  expect(await brokerConfigText(files)).toBe(
    'listener 1883 127.0.0.1\nlistener 8883\nlistener 1884\npersistence true',
  )
})

test('a missing directory includes nothing; without mosquitto.conf there is no text', async () => {
  expect(await brokerConfigText(filesWith({ [paths.brokerConfig]: 'include_dir /nowhere' }))).toBe('')
  expect(await brokerConfigText(filesWith({}))).toBeUndefined()
})
