import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const keyChanged: Fault = {
  what: 'somebody has changed a key of edgecore.yaml that edgekit set',
  occasion: 'doctor',
  fails: 'edgecore-config-drift',
  status: 'warn',
  says: /containerRuntimeEndpoint is .*\/var\/run/,
  release: 'trixie',
  breakIt: node =>
    node.sh(
      `cp --archive ${paths.edgecoreConfig} /var/edgecore.yaml; sed -i 's|unix:///run/|unix:///var/run/|' ${paths.edgecoreConfig}; touch --reference=/var/edgecore.yaml ${paths.edgecoreConfig}`,
    ),
  mend: node => node.sh(`mv /var/edgecore.yaml ${paths.edgecoreConfig}`),
}
