import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

export const driftFaults: readonly Fault[] = [
  {
    what: 'the EdgeCore program was replaced',
    occasion: 'doctor',
    fails: 'files-installed',
    status: 'warn',
    remedied: true,
    words: /\/usr\/local\/bin\/edgecore has been changed/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `mv ${paths.edgecore} /var/edgecore; cp --archive /var/edgecore ${paths.edgecore}; echo >>${paths.edgecore}`,
      ),
    repair: node => node.sh(`mv /var/edgecore ${paths.edgecore}`),
  },
  {
    what: 'the EdgeCore program was deleted while it runs',
    occasion: 'doctor',
    fails: 'files-installed',
    words: /\/usr\/local\/bin\/edgecore is gone/,
    release: 'bookworm',
    breakIt: node => node.sh(`mv ${paths.edgecore} /var/edgecore`),
    repair: node => node.sh(`mv /var/edgecore ${paths.edgecore}`),
  },
  {
    what: 'a power cut emptied a program of edgekit',
    occasion: 'doctor',
    fails: 'files-installed',
    fixable: true,
    words: /clean-broker has been changed/,
    release: 'bookworm',
    breakIt: node => node.sh(`truncate --size=0 ${paths.cleanBroker}`),
    repair: async () => undefined,
  },
  {
    what: 'the edgekit program was replaced',
    occasion: 'doctor',
    fails: 'files-installed',
    words: /\/opt\/edgekit\/bin\/edgekit has been changed/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `mv ${paths.program} /var/edgekit; cp --archive /var/edgekit ${paths.program}; echo >>${paths.program}`,
      ),
    repair: node => node.sh(`mv /var/edgekit ${paths.program}`),
  },
  {
    what: 'the image archives were deleted',
    occasion: 'doctor',
    fails: 'image-archives',
    status: 'warn',
    remedied: true,
    words: /eclipse-mosquitto-2\.0\.tar is gone/,
    release: 'bookworm',
    breakIt: node => node.sh(`mv ${paths.images} /var/images; mkdir ${paths.images}`),
    repair: node => node.sh(`rm -r ${paths.images}; mv /var/images ${paths.images}`),
  },
  {
    what: 'the broker unit was edited',
    occasion: 'doctor',
    fails: 'units-installed',
    status: 'warn',
    remedied: true,
    words: /mosquitto\.service has been changed/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `cp --archive ${paths.brokerUnit} /var/unit; sed -i 's/RestartSec=.*/RestartSec=9/' ${paths.brokerUnit}; systemctl daemon-reload`,
      ),
    repair: node => node.sh(`mv /var/unit ${paths.brokerUnit}; systemctl daemon-reload`),
  },
  {
    what: "edgekit's EdgeCore drop-in was edited",
    occasion: 'doctor',
    fails: 'units-installed',
    status: 'warn',
    remedied: true,
    words: /10-edgekit\.conf has been changed/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `cp --archive ${paths.edgecoreDropIn} /var/drop-in; printf '[Service]\\nNice=5\\n' >>${paths.edgecoreDropIn}; systemctl daemon-reload`,
      ),
    repair: node => node.sh(`mv /var/drop-in ${paths.edgecoreDropIn}; systemctl daemon-reload`),
  },
  {
    what: 'the broker unit was deleted',
    occasion: 'doctor',
    fails: 'units-installed',
    fixable: true,
    words: /mosquitto\.service is gone/,
    release: 'bookworm',
    breakIt: node => node.sh(`rm ${paths.brokerUnit}`),
    repair: async () => undefined,
  },
  {
    what: 'a unit file was changed without reloading systemd',
    occasion: 'doctor',
    fails: 'units-loaded',
    status: 'warn',
    words: /changed since systemd loaded them: mosquitto\.service.*systemctl daemon-reload/,
    release: 'bookworm',
    breakIt: node => node.sh(`touch ${paths.brokerUnit}`),
    repair: node => node.sh('systemctl daemon-reload'),
  },
  {
    what: 'mosquitto.conf was edited',
    occasion: 'doctor',
    fails: 'broker-config-installed',
    status: 'warn',
    remedied: true,
    words: /mosquitto\.conf has been changed.*if the change is intended/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `cp --archive ${paths.brokerConfig} /var/mosquitto.conf; echo 'log_timestamp false' >>${paths.brokerConfig}`,
      ),
    repair: node => node.sh(`mv /var/mosquitto.conf ${paths.brokerConfig}`),
  },
  {
    what: 'mosquitto.conf was deleted while the broker runs',
    occasion: 'doctor',
    fails: 'broker-config-installed',
    fixable: true,
    words: /mosquitto\.conf is gone/,
    release: 'trixie',
    breakIt: node => node.sh(`rm ${paths.brokerConfig}`),
    repair: async () => undefined,
  },
  {
    what: 'a key of edgecore.yaml that edgekit set was changed',
    occasion: 'doctor',
    fails: 'edgecore-config-drift',
    status: 'warn',
    remedied: true,
    words: /containerRuntimeEndpoint is .*\/var\/run/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `cp --archive ${paths.edgecoreConfig} /var/edgecore.yaml; sed -i 's|unix:///run/|unix:///var/run/|' ${paths.edgecoreConfig}; touch --reference=/var/edgecore.yaml ${paths.edgecoreConfig}`,
      ),
    repair: node => node.sh(`mv /var/edgecore.yaml ${paths.edgecoreConfig}`),
  },
]
