import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { labBundle, unpackedLabBundle } from '../../lab/bundles/bundle.ts'
import { parseManifest } from '../../src/bundle/manifest.ts'

test('a cloud bundle contains what the cloud side needs, and nothing for edge nodes', async () => {
  const { stdout } = await execa('tar', ['tzf', await labBundle('cloud')])
  expect(stdout.split('\n')).toEqual([
    'bundle.json',
    'meta/sbom.cdx.json',
    'edgekit',
    'meta/version.txt',
    'meta/edgekit.lock',
    'meta/licenses.txt',
    'manifests/mosquitto-daemonset.yaml',
    'manifests/values-cloudcore.yaml',
    'bin/edgekit',
    'bin/keadm',
    'images/kubeedge-cloudcore-v1.22.0.tar',
    'images/kubeedge-iptables-manager-v1.22.0.tar',
    'images/kubeedge-controller-manager-v1.22.0.tar',
    'images/kubeedge-admission-v1.22.0.tar',
    'images/eclipse-mosquitto-2.0.tar',
  ])
})

test('the DaemonSet references the image by its digest in the bundle', async () => {
  const directory = await unpackedLabBundle('cloud')
  const { role, images } = parseManifest(await readFile(join(directory, 'bundle.json'), 'utf8'))
  expect(role).toBe('cloud')
  const broker = images.find(({ reference }) => reference === 'docker.io/library/eclipse-mosquitto:2.0')
  const rendered = await readFile(join(directory, 'manifests/mosquitto-daemonset.yaml'), 'utf8')
  expect(broker?.digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  expect(rendered).toContain(`image: docker.io/library/eclipse-mosquitto@${broker?.digest}\n`)
})
