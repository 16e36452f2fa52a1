/** A program with its arguments, to be printed or run. */
export interface CloudCommand {
  program: 'keadm' | 'kubectl'
  args: string[]
}

export interface CloudCommands {
  /** Fails when the cluster is not ready. */
  ready: CloudCommand
  /** Prints the image of an existing CloudCore, or nothing. */
  installedImage: CloudCommand
  init: CloudCommand
  /** Returns when CloudCore is running. */
  rollout: CloudCommand
  /** Prints the name of the chart's own broker; nothing when it is off, as it should be. */
  chartBroker: CloudCommand
  /** Prints the token edge nodes join with. */
  token: CloudCommand
}

export interface CloudOptions {
  kubeedgeVersion: string
  /** Comma-separated addresses at which edge nodes reach CloudCore; they go into its certificate. */
  advertiseAddress: string
  kubeconfig: string
}

/**
 * The commands that turn a cluster with an installed bundle into the cloud side. Without a version keadm would look it
 * up on the internet; with the chart's own broker, that broker and edgekit's would compete for port 1883 of every edge
 * node.
 */
export function cloudCommands({
  kubeedgeVersion,
  advertiseAddress,
  kubeconfig,
}: CloudOptions): CloudCommands {
  const kubectl = (...args: string[]): CloudCommand => ({
    program: 'kubectl',
    args: [`--kubeconfig=${kubeconfig}`, ...args],
  })
  const inNamespace = (...args: string[]) => kubectl('--namespace=kubeedge', ...args)
  return {
    ready: kubectl('get', '--raw=/readyz'),
    installedImage: inNamespace(
      'get',
      'deployment',
      'cloudcore',
      '--ignore-not-found',
      '--output=jsonpath={.spec.template.spec.containers[0].image}',
    ),
    init: {
      program: 'keadm',
      args: [
        'init',
        `--kubeedge-version=${kubeedgeVersion}`,
        `--advertise-address=${advertiseAddress}`,
        `--kube-config=${kubeconfig}`,
        '--set',
        'mosquitto.enable=false',
      ],
    },
    rollout: inNamespace('rollout', 'status', 'deployment/cloudcore', '--timeout=300s'),
    chartBroker: inNamespace(
      'get',
      'daemonset',
      'edge-eclipse-mosquitto',
      '--ignore-not-found',
      '--output=name',
    ),
    token: { program: 'keadm', args: ['gettoken', `--kube-config=${kubeconfig}`] },
  }
}
