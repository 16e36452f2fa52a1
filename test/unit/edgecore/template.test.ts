import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { patchEdgecoreConfig, readEdgecoreConfig } from '../../../src/edgecore/config.ts'
import { eventBusValues } from '../../../src/edgecore/event-bus.ts'

const template = readFileSync(
  new URL('../../../templates/edgecore/edgecore-config.yaml', import.meta.url),
  'utf8',
)

test('the shipped configuration already has EventBus as a node needs it', () => {
  expect(patchEdgecoreConfig(template, eventBusValues)).toEqual({ text: template, changed: [] })
})

test('every key in it is understood, and the name of the node is left to be filled in', () => {
  const config = readEdgecoreConfig(template)
  expect(JSON.stringify(config)).not.toContain('"problem"')
  expect(config.nullSections).toEqual([])
  expect(config.edged.hostnameOverride).toEqual({ value: '' })
  expect(config.edged.disableCSIVolumePlugin.value).toBe(true)
  expect(config.edgeHub.httpServer.value).toMatch(/^https:\/\/192\.0\.2\.1:10002$/)
})

test('the name of the node goes into it without disturbing a comment', () => {
  const { text } = patchEdgecoreConfig(template, { 'modules.edged.hostnameOverride': 'edge-1' })
  const added = text.split('\n').filter(line => !template.split('\n').includes(line))
  expect(added).toEqual(['    hostnameOverride: edge-1'])
  expect(text).toHaveLength(template.length + '    hostnameOverride: edge-1\n'.length)
})
