import { bundleOnNode } from '../../../lab/bundles/bundle.ts'
import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const installKilled: Fault = {
  what: 'an install was killed in the middle, and nobody has finished it',
  occasion: 'doctor',
  fails: 'install-finished',
  says: /edgekit install of .* has not come to its end.*edgekit rollback/,
  release: 'bookworm',
  breakIt: node =>
    node.sh(
      `systemctl stop mosquitto; cd ${bundleOnNode}; ./edgekit install >/dev/null & edgekit=$!
       until grep --quiet '"intent"' ${paths.journal}; do sleep 0.02; done 2>/dev/null; kill -9 $edgekit`,
    ),
}
