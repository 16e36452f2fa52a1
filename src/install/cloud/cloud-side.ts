import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { Manifest } from '../../bundle/manifest.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { Step } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { kubeconfigs } from '../../node/paths.ts'
import { type CloudCommand, type CloudOptions, cloudCommands } from './cloud-commands.ts'

/** What the person asked for; only a cloud bundle knows what to do with it. */
export interface CloudFlags {
  /** Run keadm and kubectl, and not only say what to type. */
  apply: boolean
  advertiseAddress: string | undefined
  kubeconfig: string | undefined
}

/**
 * Find out, before anything is changed, with which values the cloud side is set up; undefined on an edge node. Without
 * `apply` the address may still be missing: then ADDRESS stands in its place. Throws EdgekitError.
 */
export async function cloudOptions(
  { role, name, kubeedgeVersion }: Manifest,
  { apply, advertiseAddress, kubeconfig }: CloudFlags,
  { files }: Node,
): Promise<CloudOptions | undefined> {
  if (role !== 'cloud') {
    if (!apply && advertiseAddress === undefined && kubeconfig === undefined) return undefined
    throw usage(`--apply, --advertise-address and --kubeconfig are for a cloud bundle, and this is ${name}`)
  }
  const wrong = advertiseAddress?.split(',').find(address => isIP(address) === 0)
  if (wrong !== undefined) {
    throw usage(
      `--advertise-address ${advertiseAddress}: "${wrong}" is not an IP address`,
      'Name the addresses under which edge nodes reach this machine, with commas between them.',
    )
  }
  if (apply && advertiseAddress === undefined) {
    throw usage(
      '--apply needs --advertise-address: edge nodes accept no certificate without it',
      'Name the address under which edge nodes reach this machine:\n  ./edgekit install --apply --advertise-address 192.0.2.10',
    )
  }
  const candidates = kubeconfig === undefined ? kubeconfigs : [resolve(kubeconfig)]
  const found = await Promise.all(candidates.map(path => files.status(path)))
  const path = candidates.find((_, index) => found[index])
  if (path === undefined && (apply || kubeconfig !== undefined)) {
    throw usage(
      `there is no ${candidates.join(', no ')}`,
      'Name the file with which root reaches the cluster: --kubeconfig FILE',
    )
  }
  return {
    kubeedgeVersion,
    advertiseAddress: advertiseAddress ?? 'ADDRESS',
    kubeconfig: path ?? kubeconfigs[0],
  }
}

const usage = (message: string, remedy?: string): EdgekitError =>
  new EdgekitError(message, { code: 'invalid-usage', ...(remedy && { remedy }) })

/**
 * The steps that make the cluster the cloud side, for a machine on which the bundle has been installed. Running them
 * again changes nothing; a CloudCore of another version is left alone. They throw EdgekitError.
 */
export function cloudSideSteps(options: CloudOptions, node: Node): Step[] {
  const commands = cloudCommands(options)
  let installed = ''
  const run = async ({ program, args }: CloudCommand, timeoutMs: number): Promise<string> => {
    try {
      return (await node.processes.run(program, args, { timeoutMs })).stdout.trim()
    } catch (error) {
      throw new EdgekitError(messageOf(error), {
        code: 'cloud-step-failed',
        remedy:
          'The images, keadm and the manifests are in place. Mend the cause and run the same command again.',
        cause: error,
      })
    }
  }
  return [
    {
      title: 'Ask the cluster whether it is ready',
      run: async () => void (await run(commands.ready, 30_000)),
    },
    {
      title: 'Look for a CloudCore that is there already',
      async run(note) {
        installed = await run(commands.installedImage, 30_000)
        note(installed || 'none')
        if (installed && !installed.endsWith(`:${options.kubeedgeVersion}`))
          throw otherVersion(installed, options)
      },
    },
    {
      title: `Install CloudCore ${options.kubeedgeVersion} with keadm init`,
      async run(note) {
        if (installed) note('nothing to do')
        // Longer than keadm itself waits for the chart.
        else await run(commands.init, 900_000)
      },
    },
    { title: 'Wait until CloudCore runs', run: async () => void (await run(commands.rollout, 330_000)) },
    {
      title: "Make sure that the chart's own broker is off",
      async run() {
        if (await run(commands.chartBroker, 30_000)) throw chartBrokerIsOn(options)
      },
    },
  ]
}

const otherVersion = (image: string, { kubeedgeVersion, kubeconfig }: CloudOptions): EdgekitError =>
  new EdgekitError(`CloudCore is there already, as ${image}; expected ${kubeedgeVersion}`, {
    code: 'cloudcore-version-mismatch',
    remedy: `An upgrade is yours to decide. The images for it are in place now:\n  keadm upgrade cloud --kubeedge-version=${kubeedgeVersion} --kube-config=${kubeconfig} --set mosquitto.enable=false --reuse-values`,
  })

const chartBrokerIsOn = ({ kubeconfig }: CloudOptions): EdgekitError =>
  new EdgekitError('the chart of CloudCore runs a broker on every edge node, open on 0.0.0.0:1883', {
    code: 'chart-broker-enabled',
    remedy: `Remove it, and set mosquitto.enable=false at the next upgrade:\n  kubectl --kubeconfig=${kubeconfig} --namespace=kubeedge delete daemonset edge-eclipse-mosquitto`,
  })
