import { Flags } from '@oclif/core'
import { brokerSettingFlags } from './broker-settings.ts'

/** The node settings and other flags an install takes for an edge node. */
export const nodeFlags = {
  'node-name': Flags.string({
    helpValue: 'NAME',
    description: 'edge: node name in the cluster (default: the host name)',
  }),
  cloudcore: Flags.string({
    helpValue: 'HOST:PORT',
    description: 'edge: address of CloudCore; certificates are fetched from port 10002 of HOST',
  }),
  'token-file': Flags.string({
    helpValue: 'FILE',
    description: 'edge: file with the token from keadm gettoken; - reads stdin',
  }),
  'ca-hash': Flags.string({
    helpValue: 'SHA256',
    description: 'edge: expected SHA-256 of the cloud CA, from a source you trust',
  }),
  rejoin: Flags.boolean({
    description: 'edge: move a joined node to the cloud of the token; its old certificates are kept',
  }),
  'edgecore-config': Flags.string({
    helpValue: 'FILE',
    description: 'edge: edgecore.yaml to start from on a node without one',
  }),
  set: Flags.string({
    multiple: true,
    helpValue: 'KEY=VALUE',
    description: 'edge: set a key of edgecore.yaml; can be repeated',
  }),
  edgecore: Flags.boolean({
    allowNo: true,
    description: 'edge: install EdgeCore; --no-edgecore installs only the broker',
  }),
  stage: Flags.boolean({
    allowNo: true,
    description: 'edge: prepare EdgeCore without starting it; --no-stage starts it later',
  }),
  adopt: Flags.boolean({ allowNo: true, description: 'keep and use what edgekit did not install' }),
  'broker-profile': brokerSettingFlags.profile('edge: '),
  'broker-address': brokerSettingFlags.address('edge: '),
  'broker-name': brokerSettingFlags.name('edge: '),
  'broker-websockets': brokerSettingFlags.websockets('edge: '),
  'broker-set': brokerSettingFlags.set('edge: '),
  'allow-plaintext-listener': brokerSettingFlags.allowPlaintextListener('edge: '),
  force: Flags.string({
    multiple: true,
    helpValue: 'NAME',
    description: 'replace this path or unit that edgekit did not install, keeping a backup',
  }),
  'allow-downgrade': Flags.boolean({
    description: 'install an older KubeEdge, or a bundle that an older edgekit built, than this node has',
  }),
  ignore: Flags.string({
    multiple: true,
    helpValue: 'CHECK',
    description: 'continue even if this check fails; it is still shown',
  }),
  token: Flags.string({ hidden: true }),
}
