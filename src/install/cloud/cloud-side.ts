import { isIP } from 'node:net'
import { resolve } from 'node:path'
import type { Manifest } from '../../bundle/manifest.ts'
import { EdgekitError, messageOf } from '../../lib/errors.ts'
import type { RunStep } from '../../lib/step.ts'
import type { Node } from '../../node/node.ts'
import { kubeconfigs } from '../../node/paths.ts'
import { type CloudCommand, type CloudOptions, cloudCommands } from './cloud-commands.ts'

/** The flags of `edgekit install` for cloud bundles. */
export interface CloudFlags {
  /** Run keadm and kubectl instead of printing what to run. */
  apply: boolean
  advertiseAddress: string | undefined
  kubeconfig: string | undefined
}

/**
 * The options of the cloud side; undefined for an edge bundle. Without `apply` the address may be missing and is shown
 * as ADDRESS. Throws EdgekitError (usage).
 */
export async function cloudOptions(
  { role, name, kubeedgeVersion }: Manifest,
  { apply, advertiseAddress, kubeconfig }: CloudFlags,
  { files }: Node,
): Promise<CloudOptions | undefined> {
  if (role !== 'cloud') {
    if (!apply && advertiseAddress === undefined && kubeconfig === undefined) return undefined
    throw usage(
      `cannot use --apply, --advertise-address or --kubeconfig with ${name}: they need a cloud bundle`,
    )
  }
  const invalid = advertiseAddress?.split(',').find(address => isIP(address) === 0)
  if (invalid !== undefined) {
    throw usage(
      `invalid --advertise-address ${advertiseAddress}: "${invalid}" is not an IP address`,
      'Give the addresses at which edge nodes reach this machine, separated by commas.',
    )
  }
  if (apply && advertiseAddress === undefined) {
    throw usage(
      '--apply requires --advertise-address: edge nodes accept only a certificate for that address',
      'Give the address at which edge nodes reach this machine:\n  ./edgekit install --apply --advertise-address 192.0.2.10',
    )
  }
  const candidates = kubeconfig === undefined ? kubeconfigs : [resolve(kubeconfig)]
  const found = await Promise.all(candidates.map(path => files.status(path)))
  const path = candidates.find((_, index) => found[index])
  if (path === undefined && (apply || kubeconfig !== undefined)) {
    throw usage(
      `cannot find a kubeconfig: no ${candidates.join(', no ')}`,
      'Give the kubeconfig with which root reaches the cluster: --kubeconfig FILE',
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
 * Turns the cluster into the cloud side, on a machine with an installed bundle. Can be repeated; a CloudCore of another
 * version is left alone. Throws EdgekitError.
 */
export async function setUpCloudSide(options: CloudOptions, node: Node, runStep: RunStep): Promise<void> {
  const { kubeedgeVersion } = options
  const commands = cloudCommands(options)
  const run = async ({ program, args }: CloudCommand, timeoutMs: number): Promise<string> => {
    try {
      return (await node.processes.run(program, args, { timeoutMs })).stdout.trim()
    } catch (error) {
      throw new EdgekitError(messageOf(error), {
        code: 'cloud-step-failed',
        remedy:
          'Fix the cause and run the same command again. The images, keadm and the manifests are installed.',
        cause: error,
      })
    }
  }
  await runStep('Check that the cluster is ready', () => run(commands.ready, 30_000))
  const installed = await runStep('Look for an installed CloudCore', async note => {
    const image = await run(commands.installedImage, 30_000)
    note(image || 'none')
    return image
  })
  if (installed && !installed.endsWith(`:${kubeedgeVersion}`)) throw otherVersion(installed, options)
  // Longer than keadm itself waits for the chart.
  if (!installed)
    await runStep(`Install CloudCore ${kubeedgeVersion} with keadm init`, () => run(commands.init, 900_000))
  await runStep('Wait for CloudCore to start', () => run(commands.rollout, 330_000))
  await runStep("Check that the chart's own broker is disabled", async () => {
    if (await run(commands.chartBroker, 30_000)) throw chartBrokerEnabled(options)
  })
}

const otherVersion = (image: string, { kubeedgeVersion, kubeconfig }: CloudOptions): EdgekitError =>
  new EdgekitError(`cannot install CloudCore ${kubeedgeVersion}: another version is installed, ${image}`, {
    code: 'cloudcore-version-mismatch',
    remedy: `Upgrade it when you are ready; the images are installed:\n  keadm upgrade cloud --kubeedge-version=${kubeedgeVersion} --kube-config=${kubeconfig} --set mosquitto.enable=false --reuse-values`,
  })

const chartBrokerEnabled = ({ kubeconfig }: CloudOptions): EdgekitError =>
  new EdgekitError('the CloudCore chart runs its own broker on every edge node, open on 0.0.0.0:1883', {
    code: 'chart-broker-enabled',
    remedy: `Remove it, and set mosquitto.enable=false at the next upgrade:\n  kubectl --kubeconfig=${kubeconfig} --namespace=kubeedge delete daemonset edge-eclipse-mosquitto`,
  })
