import { Flags } from '@oclif/core'

/** The flags that say how a node is to be, besides what the bundle says. */
export const nodeFlags = {
  'node-name': Flags.string({
    helpValue: 'NAME',
    description: 'edge: name of the node in the cluster (default: the host name)',
  }),
  cloudcore: Flags.string({
    helpValue: 'HOST:PORT',
    description: 'edge: where CloudCore is; certificates are then fetched from port 10002 of HOST',
  }),
  'token-file': Flags.string({
    helpValue: 'FILE',
    description: 'edge: the token of keadm gettoken; - reads it from stdin',
  }),
  'ca-hash': Flags.string({
    helpValue: 'SHA256',
    description: "edge: what the token's authority must be, from a source you trust",
  }),
  'edgecore-config': Flags.string({
    helpValue: 'FILE',
    description: 'edge: start from this configuration of EdgeCore on a node that has none',
  }),
  set: Flags.string({
    multiple: true,
    helpValue: 'KEY=VALUE',
    description: 'edge: one more key of edgecore.yaml; may be given several times',
  }),
  edgecore: Flags.boolean({
    allowNo: true,
    description: 'edge: install EdgeCore; --no-edgecore: only the broker',
  }),
  stage: Flags.boolean({
    allowNo: true,
    description: 'edge: prepare EdgeCore, but do not start it; --no-stage later starts it',
  }),
  adopt: Flags.boolean({ allowNo: true, description: 'use what is there and is not from edgekit as it is' }),
  force: Flags.string({
    multiple: true,
    helpValue: 'NAME',
    description: 'replace this thing that is not from edgekit, which a refusal has named; a backup is kept',
  }),
  ignore: Flags.string({
    multiple: true,
    helpValue: 'CHECK',
    description: 'go on although this check fails; it is still shown',
  }),
  token: Flags.string({ hidden: true }),
}
