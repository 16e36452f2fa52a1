import { globSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readDefinition } from '../../src/build/definition/definition.ts'
import { parseLock } from '../../src/build/lock/lock.ts'
import { lockDifferences } from '../../src/build/lock/lock-differences.ts'
import { readAnswers } from '../../src/install/request/answers.ts'
import { nodeSettings } from '../../src/install/request/node-settings.ts'

const answersFile = 'examples/answers.yaml'
const definitions = globSync('examples/**/*.yaml').filter(file => file !== answersFile)

test('each kind of bundle has an example', () => {
  expect(definitions.toSorted()).toEqual([
    'examples/air-gapped/edgekit.yaml',
    'examples/cloud.yaml',
    'examples/edge-with-runtime.yaml',
    'examples/edge.yaml',
    'examples/mirrors.yaml',
  ])
})

test.each(definitions)('%s is a valid bundle definition', async path => {
  const { kubeedge, images, broker } = await readDefinition({ path })
  const defaults = await readDefinition({ role: 'edge' })
  expect({ kubeedge, broker }).toEqual({ kubeedge: defaults.kubeedge, broker: defaults.broker })
  expect(images.map(({ reference }) => reference)).toContain(broker)
})

test('the local files that examples name exist', async () => {
  const { directory, files } = await readDefinition({ path: 'examples/edge.yaml' })
  expect(files.map(({ source }) => readFileSync(resolve(directory, source), 'utf8'))).toEqual([
    expect.stringContaining('site=7'),
  ])
})

test('the example with a runtime brings containerd, runc, and the CNI plugins', async () => {
  const { runtime } = await readDefinition({ path: 'examples/edge-with-runtime.yaml' })
  expect(Object.keys(runtime).toSorted()).toEqual(['cniPlugins', 'containerd', 'runc'])
})

test('the air-gapped lock matches its definition', async () => {
  const path = 'examples/air-gapped/edgekit.yaml'
  const definition = await readDefinition({ path })
  const lockFile = `${dirname(path)}/edgekit.lock`
  const lock = parseLock(readFileSync(lockFile, 'utf8'), lockFile)
  expect(lockDifferences(definition, lock, definition.architectures)).toEqual([])
})

test('the answers file configures a node', () => {
  const answers = readAnswers(readFileSync(answersFile, 'utf8'), answersFile)
  expect(answers.tokenFile).toBe(resolve('examples/join.token'))
  expect(nodeSettings(answers, undefined)).toMatchObject({
    nodeName: 'edge-7',
    cloudcore: expect.anything(),
  })
})
