import { expect, test } from 'vitest'
import { readAsset } from '../../../src/assets.ts'
import { parseDefinition } from '../../../src/bundle/definition.ts'

const written = {
  role: 'edge',
  kubeedge: 'v1.22.0',
  broker: 'eclipse-mosquitto:2.0',
  images: ['eclipse-mosquitto:2.0', 'registry.example:5000/team/app:1'],
  binaries: {
    edgecore: 'image:kubeedge/installation-package:v1.22.0#/usr/local/bin/edgecore',
    keadm: 'image:kubeedge/installation-package:v1.22.0#/usr/local/bin/keadm',
  },
}
// JSON is YAML too.
const parse = (definition: unknown) => parseDefinition(JSON.stringify(definition), 'my.yaml')

test('every reference in full, every program with its image and path', () => {
  expect(parse(written)).toEqual({
    role: 'edge',
    kubeedge: 'v1.22.0',
    broker: 'docker.io/library/eclipse-mosquitto:2.0',
    images: ['docker.io/library/eclipse-mosquitto:2.0', 'registry.example:5000/team/app:1'],
    binaries: {
      edgecore: { image: 'docker.io/kubeedge/installation-package:v1.22.0', path: '/usr/local/bin/edgecore' },
      keadm: { image: 'docker.io/kubeedge/installation-package:v1.22.0', path: '/usr/local/bin/keadm' },
    },
  })
})

test('the definition that is shipped is one', () => {
  expect(parseDefinition(readAsset('bundles/edge.yaml'), 'bundles/edge.yaml').role).toBe('edge')
})

test('the broker may be written in full, and among the images in short', () => {
  expect(parse({ ...written, broker: 'docker.io/library/eclipse-mosquitto:2.0' }).images).toHaveLength(2)
})

const { broker: _, ...withoutBroker } = written
const binaries = (edgecore: unknown) => ({ ...written, binaries: { ...written.binaries, edgecore } })

test.each<[what: string, definition: unknown, message: RegExp]>([
  ['an unknown key', { ...written, image: [] }, /image/],
  ['an unknown key further inside', { ...written, binaries: { ...written.binaries, ctr: 'x' } }, /ctr/],
  ['a missing key', withoutBroker, /broker/],
  ['a number for a version', { ...written, kubeedge: 1.22 }, /kubeedge/],
  ['a version that is none', { ...written, kubeedge: 'latest' }, /expected a version such as v1\.22\.0/],
  ['a text for a list', { ...written, images: 'eclipse-mosquitto:2.0' }, /images/],
  ['no images', { ...written, images: [] }, /images/],
  ['a role that is none', { ...written, role: 'cloudy' }, /role/],
  [
    'a broker not among the images',
    { ...written, broker: 'eclipse-mosquitto:2.1' },
    /eclipse-mosquitto:2\.1 is not among/,
  ],
  ['a bad reference in images', { ...written, images: ['Not An Image'] }, /Not An Image.*images\[0\]/s],
  ['a bad reference as broker', { ...written, broker: 'a@b@c' }, /a@b@c.*at broker/s],
  ['a program without an image', binaries('/usr/bin/edgecore'), /expected image:REFERENCE#\/PATH/],
  ['a program without a path', binaries('image:x:1'), /expected image:REFERENCE#\/PATH/],
  ['a program with a relative path', binaries('image:x:1#edgecore'), /expected image:REFERENCE#\/PATH/],
  ['a bad reference of a program', binaries('image:NOT#/x'), /NOT.*binaries/s],
  ['nothing', null, /expected object/],
])('refuses %s', (_what, definition, message) => {
  expect(() => parse(definition)).toThrow(expect.objectContaining({ name: 'EdgekitError', exitCode: 2 }))
  expect(() => parse(definition)).toThrow(message)
  expect(() => parse(definition)).toThrow(/^my\.yaml: /)
})

test.each([
  ['what is no YAML', 'role: [edge'],
  ['two keys of one name', 'role: edge\nrole: edge\n'],
])('refuses %s, and names the file', (_what, text) => {
  expect(() => parseDefinition(text, 'my.yaml')).toThrow(/^my\.yaml: /)
  expect(() => parseDefinition(text, 'my.yaml')).toThrow(expect.objectContaining({ exitCode: 2 }))
})

test('two images that would have one archive are refused', () => {
  const images = ['eclipse-mosquitto:2.0', 'registry.example/eclipse-mosquitto:2.0']
  expect(() => parse({ ...written, images })).toThrow(/images\/eclipse-mosquitto-2\.0\.tar/)
})

test('one image written twice is there once', () => {
  const images = ['eclipse-mosquitto:2.0', 'docker.io/library/eclipse-mosquitto:2.0']
  expect(parse({ ...written, images }).images).toEqual(['docker.io/library/eclipse-mosquitto:2.0'])
})
