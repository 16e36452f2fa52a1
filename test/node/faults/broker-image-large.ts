import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerImageLarge: Fault = {
  what: 'the bundle was made with a large image of the broker',
  occasion: 'doctor',
  fails: 'broker-image-size',
  status: 'warn',
  says: /about 10 MB/,
  release: 'trixie',
  // The receipt knows what the manifest was.
  breakIt: node =>
    node.sh(
      `cp ${paths.installedManifest} /var/bundle.json; cp ${paths.receipt} /var/receipt.json
       sum() { sha256sum ${paths.installedManifest} | cut -d' ' -f1; }; before=$(sum)
       perl -0pi -e 's/("path": "images.eclipse-mosquitto-2.0.tar",\\s*"size": )/\${1}1/' ${paths.installedManifest}
       sed -i "s/$before/$(sum)/" ${paths.receipt}`,
    ),
  mend: node =>
    node.sh(`cp /var/bundle.json ${paths.installedManifest}; cp /var/receipt.json ${paths.receipt}`),
}
