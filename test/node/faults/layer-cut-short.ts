import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const layerCutShort: Fault = {
  what: 'a power cut after the import has cut a layer short',
  occasion: 'doctor',
  fails: 'image-content',
  says: /sha256:[0-9a-f]{64} has 10 B, expected/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `cd /var/lib/containerd/io.containerd.content.v1.content/blobs/sha256
       layer=$(grep -A 2 '"layers"' ${paths.installedManifest} | grep -o -m 1 '[0-9a-f]\\{64\\}')
       cp $layer /var/layer; truncate --size 10 $layer; echo $layer >/var/layer.name`,
    ),
  mend: node =>
    node.sh(
      'cp /var/layer /var/lib/containerd/io.containerd.content.v1.content/blobs/sha256/$(cat /var/layer.name)',
    ),
}
