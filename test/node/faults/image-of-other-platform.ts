import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { writeFilesLayer, writeManifest, writeRoot } from '../../../lab/registry/oci.ts'
import type { Fault } from './fault.ts'

const image = 'docker.io/library/eclipse-mosquitto:2.0'
const archive = '/var/other.tar'

export const imageOfOtherPlatform: Fault = {
  what: 'somebody imported the broker for arm64 under the same name',
  occasion: 'doctor',
  fails: 'broker-image',
  says: /is for linux\/arm64(\/v8)?, expected linux\/amd64/,
  release: 'bookworm',
  async breakIt(node) {
    const directory = await mkdtemp(join(tmpdir(), 'edgekit-arm64-'))
    const layout = join(directory, 'layout')
    await mkdir(layout)
    const source = Buffer.from('for another machine\n')
    const layer = await writeFilesLayer(layout, [{ path: 'data', mode: 0o644, size: source.length, source }])
    await writeRoot(layout, await writeManifest(layout, 'linux/arm64/v8', [layer]))
    await execa('tar', ['-cf', join(directory, 'image.tar'), '-C', layout, '.'])
    await node.copyIn(join(directory, 'image.tar'), archive)
    await rm(directory, { recursive: true })
    await node.sh(
      `ctr -n k8s.io images rm ${image}
       ctr -n k8s.io images import --no-unpack --all-platforms --index-name ${image} ${archive}`,
    )
  },
  mend: node =>
    node.sh(
      `ctr -n k8s.io images rm ${image}; systemctl restart mosquitto; until edgekit doctor; do sleep 0.5; done`,
    ),
}
