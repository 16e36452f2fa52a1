import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readAsset } from '../../../src/lib/assets.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'edgekit-option-'))
})
afterEach(() => rm(directory, { recursive: true }))

const include = 'include_dir /mosquitto/config/conf.d'

test.each<[string, Record<string, string>, string]>([
  ['the values of several options', { 'mosquitto.conf': 'a 1\nb /x y/\n' }, '1\n/x y/\n\n'],
  ['the last value', { 'mosquitto.conf': 'a 1\n \ta  2\n#a 3\n' }, '2\n\n\n'],
  ['an option without a value as none', { 'mosquitto.conf': 'a 1\nb\nab 2\n' }, '1\n\n\n'],
  [
    'conf.d if it is included',
    { 'mosquitto.conf': `a 1\n${include}\n`, 'conf.d/1.conf': 'a 2\n' },
    '2\n\n\n',
  ],
  ['not conf.d if it is not included', { 'mosquitto.conf': 'a 1\n', 'conf.d/1.conf': 'a 2\n' }, '1\n\n\n'],
  [
    'conf.d in the order of mosquitto',
    { 'mosquitto.conf': include, 'conf.d/a.conf': 'a 2\n', 'conf.d/B.conf': 'a 3\nb 4', 'conf.d/c': 'a 5\n' },
    '2\n4\n\n',
  ],
  ['nothing without mosquitto.conf', { 'conf.d/1.conf': 'a 2\n' }, ''],
])('prints %s', async (_, files, expected) => {
  await mkdir(join(directory, 'conf.d'))
  for (const [path, text] of Object.entries(files)) await writeFile(join(directory, path), text)
  const script = readAsset('templates/broker-option.sh').replace('/etc/edgekit/mosquitto', directory)
  const { stdout, stderr } = spawnSync('/bin/sh', ['-c', script, 'sh', 'a', 'b', 'c'], { encoding: 'utf8' })
  expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' })
})
