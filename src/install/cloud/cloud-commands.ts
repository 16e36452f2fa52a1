/** A program with its arguments, to be typed or to be run. */
export interface CloudCommand {
  program: 'keadm' | 'kubectl'
  args: string[]
}

export interface CloudCommands {
  /** Does the cluster answer? */
  ready: CloudCommand
  /** Prints the image of the CloudCore that is there already; prints nothing when there is none. */
  installedImage: CloudCommand
  init: CloudCommand
  /** Ends when CloudCore runs. */
  rollout: CloudCommand
  /** Prints the name of the chart's own broker; prints nothing when it is off, as it should be. */
  chartBroker: CloudCommand
  /** Prints what an edge node needs to join. */
  token: CloudCommand
}

export interface CloudOptions {
  kubeedgeVersion: string
  /** Addresses under which edge nodes reach CloudCore, with commas between them; they go into its certificate. */
  advertiseAddress: string
  /** File with which the cluster is reached. */
  kubeconfig: string
}

/**
 * What turns a cluster, on which the bundle has been installed, into the cloud side. keadm is told the version, because
 * it would ask the internet for it, and to leave the chart's broker out, which fights for port 1883 of the edge nodes.
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
