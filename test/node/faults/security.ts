import { changeBroker, restartBroker, restoreBroker } from '../../../lab/tweaks/broker-config.ts'
import { changeEdgecore, restoreEdgecore } from '../../../lab/tweaks/edgecore-config.ts'
import { paths } from '../../../src/node/paths.ts'
import type { Fault } from './fault.ts'

const key = '/etc/kubeedge/certs/server.key'

export const securityFaults: readonly Fault[] = [
  {
    what: 'an anonymous listener is open to the network',
    occasion: 'doctor',
    fails: 'anonymous-access',
    words: /anonymous clients can connect to 198\.51\.100\.10:1887/,
    release: 'trixie',
    breakIt: changeBroker("printf 'listener 1887\\nallow_anonymous true\\n' >>$file", { starts: true }),
    repair: restoreBroker,
  },
  {
    what: 'a file of include_dir opens a listener to anonymous clients',
    occasion: 'doctor',
    fails: 'anonymous-access',
    words: /listener 1890.*password_file/,
    release: 'bookworm',
    breakIt: changeBroker(
      'mkdir /etc/edgekit/mosquitto/site.d; echo listener 1890 >/etc/edgekit/mosquitto/site.d/site.conf; echo include_dir /mosquitto/config/site.d >>$file',
      { starts: true },
    ),
    async repair(node) {
      await node.sh('rm -r /etc/edgekit/mosquitto/site.d')
      await restoreBroker(node)
    },
  },
  {
    what: 'devices may connect without TLS',
    occasion: 'doctor',
    fails: 'broker-plaintext',
    status: 'warn',
    devices: true,
    remedied: true,
    words: /without TLS: 198\.51\.100\.10:1883/,
    release: 'bookworm',
    breakIt: node =>
      node.sh('edgekit broker configure --yes --allow-plaintext-listener', { timeoutMs: 120_000 }),
    repair: node =>
      node.sh('edgekit broker configure --yes --no-allow-plaintext-listener', { timeoutMs: 120_000 }),
  },
  {
    what: 'the broker unit was edited: no seccomp, a writable root, all capabilities',
    occasion: 'doctor',
    fails: 'broker-confined',
    words: /it can gain capabilities.*its root file system is writable/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `sed -i 's/--read-only --seccomp//; /--cap-drop/d' ${paths.brokerUnit}; systemctl daemon-reload; systemctl restart mosquitto; sleep 6`,
      ),
  },
  {
    what: 'the key of the node is world-readable',
    occasion: 'doctor',
    fails: 'secret-files',
    status: 'warn',
    fixable: true,
    words: /world-readable: .*chmod o= \/etc\/kubeedge\/certs\/server\.key/,
    release: 'trixie',
    breakIt: node => node.sh(`chmod 644 ${key}`),
    repair: node => node.sh(`chmod 600 ${key}`),
  },
  {
    what: "the broker's password file is root's and world-readable",
    occasion: 'doctor',
    fails: 'secret-files',
    status: 'warn',
    devices: true,
    remedied: true,
    words: /world-readable: .*chgrp 1883 \S+passwd && chmod g\+r,o= \S+passwd/,
    release: 'bookworm',
    breakIt: node =>
      node.sh(
        `cp --archive ${paths.brokerPasswords} /var/passwd.good; chown root: ${paths.brokerPasswords}; chmod 644 ${paths.brokerPasswords}`,
      ),
    // Only a broker that can read its file starts.
    repair: node => node.sh(`${restartBroker}; cp --archive /var/passwd.good ${paths.brokerPasswords}`),
  },
  {
    what: 'the token is still in edgecore.yaml and in the file of keadm join',
    occasion: 'doctor',
    fails: 'leftover-join-token',
    status: 'warn',
    fixable: true,
    words: /a join token is still in \S+edgecore\.yaml and \S+bootstrap-edgecore\.conf.*rm \/etc\/kubeedge/,
    release: 'trixie',
    breakIt: node =>
      node.sh(
        `umask 077; echo token=a.b.c.d >${paths.bootstrapToken}; sed -i 's/token: .*/token: a.b.c.d/' ${paths.edgecoreConfig}`,
      ),
    repair: node =>
      node.sh(`rm --force ${paths.bootstrapToken}; sed -i 's/token: .*/token: ""/' ${paths.edgecoreConfig}`),
  },
  {
    what: 'edgecore.yaml has a password and is world-readable',
    occasion: 'doctor',
    fails: 'secret-files',
    status: 'warn',
    remedied: true,
    words: /world-readable: .*chmod o= \/etc\/kubeedge\/config\/edgecore\.yaml/,
    release: 'bookworm',
    async breakIt(node) {
      await changeEdgecore(
        "sed -i 's/mqttUsername: .*/mqttUsername: edge/; s/mqttPassword: .*/mqttPassword: canary/' $file; chmod 644 $file",
        'finish hub-client pub',
      )(node)
    },
    repair: restoreEdgecore,
  },
  {
    what: 'the token is still in edgecore.yaml after joining',
    occasion: 'doctor',
    fails: 'leftover-join-token',
    status: 'warn',
    remedied: true,
    words: /a join token is still in \/etc\/kubeedge\/config\/edgecore\.yaml/,
    release: 'bookworm',
    breakIt: node => node.sh(`sed -i 's/token: .*/token: a.b.c.d/' ${paths.edgecoreConfig}`),
    repair: node => node.sh(`sed -i 's/token: .*/token: ""/' ${paths.edgecoreConfig}`),
  },
]
