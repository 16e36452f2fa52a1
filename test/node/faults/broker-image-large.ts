import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const brokerImageLarge: Fault = {
  what: 'the bundle was made with a large image of the broker',
  occasion: 'doctor',
  fails: 'broker-image-size',
  status: 'warn',
  says: /about 10 MB/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `cp ${paths.installedManifest} /var/bundle.json; perl -0pi -e 's/("path": "images.eclipse-mosquitto-2.0.tar",\\s*"size": )/\${1}1/' ${paths.installedManifest}`,
    ),
  mend: node => node.sh(`cp /var/bundle.json ${paths.installedManifest}`),
}
