import { expect, test } from 'vitest'
import { formatSbom } from '../../../../src/build/pack/sbom.ts'
import { bundleFiles } from '../../install/bundle.ts'

const { manifest } = bundleFiles()
const packages = new Map([
  [
    'docker.io/library/eclipse-mosquitto:2.0',
    {
      distribution: { id: 'alpine', version: '3.20.3' },
      packages: [{ type: 'apk' as const, name: 'musl', version: '1.2.5-r0', architecture: 'x86_64' }],
    },
  ],
])
const executable = { node: '24.1.0', packages: [{ name: '@scope/name', version: '1.0.0', license: 'MIT' }] }
const sbom = () => formatSbom({ manifest, files: manifest.files, packages, executable })

test('the same inputs give the same bytes, different ones another serial number', () => {
  expect(sbom()).toBe(sbom())
  const serial = (text: string) => JSON.parse(text).serialNumber
  expect(serial(sbom())).toMatch(
    /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  const other = formatSbom({ manifest, files: manifest.files, packages: new Map(), executable })
  expect(serial(other)).not.toBe(serial(sbom()))
})

test('an image has its digest and packages', () => {
  const { components } = JSON.parse(sbom())
  const image = components.find(({ type }: { type: string }) => type === 'container')
  expect(image).toMatchObject({
    name: 'docker.io/library/eclipse-mosquitto',
    version: '2.0',
    hashes: [{ alg: 'SHA-256', content: manifest.images[0]?.digest.slice(7) }],
  })
  expect(image.components).toMatchObject([
    { type: 'operating-system', name: 'alpine', version: '3.20.3' },
    { type: 'library', name: 'musl', purl: 'pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.3' },
  ])
})

test('edgekit lists its components', () => {
  const { components } = JSON.parse(sbom())
  const edgekit = components.find(({ name }: { name: string }) => name === 'edgekit')
  expect(edgekit.components).toMatchObject([
    { name: 'node', purl: 'pkg:generic/node@24.1.0' },
    { name: '@scope/name', purl: 'pkg:npm/%40scope/name@1.0.0', licenses: [{ expression: 'MIT' }] },
  ])
})

test('programs have the version of their project', () => {
  const files = ['bin/edgekit', 'bin/clean-broker', 'bin/wait-broker', 'bin/edgecore', 'runtime/bin/ctr'].map(
    path => ({
      path,
      size: 1,
      mode: 0o755,
      sha256: 'a'.repeat(64),
    }),
  )
  const described = { ...manifest, kubeedgeVersion: 'v1.22.0', edgekitVersion: '9.8.7' }
  const { components } = JSON.parse(formatSbom({ manifest: described, files, packages, executable }))
  const versions = components.map(({ name, version }: Record<string, string>) => [name, version])
  expect(versions.slice(-5)).toEqual([
    ['edgekit', '9.8.7'],
    ['clean-broker', '9.8.7'],
    ['wait-broker', '9.8.7'],
    ['edgecore', 'v1.22.0'],
    ['ctr', undefined],
  ])
})
