import { setTimeout as sleep } from 'node:timers/promises'
import { waitForBroker } from '../broker/probe.ts'
import { edgecoreLog } from '../facts/edgecore-log.ts'
import { EdgekitError, messageOf } from '../lib/errors.ts'
import { slowness } from '../lib/slowness.ts'
import type { RunStep } from '../lib/step.ts'
import type { Node } from '../node/node.ts'
import { broker, units } from '../node/paths.ts'
import { isUnknown } from '../node/systemd.ts'
import { takeLock } from './apply/take-lock.ts'

type Service = 'broker' | 'edgecore'

/** Until a restarted service works; later on a slow machine. */
const healthMs = { broker: 30_000, edgecore: 60_000 }

/**
 * Restarts services one by one, and waits until each works: the broker answers MQTT, EdgeCore is connected to it. Throws EdgekitError.
 */
export async function restartServices(
  services: readonly Service[],
  node: Node,
  runStep: RunStep,
  signal: AbortSignal,
): Promise<void> {
  const states = await node.systemd.units(services.map(service => units[service]))
  const [missing] = states.filter(isUnknown)
  if (missing)
    throw new EdgekitError(`cannot restart ${missing.name}: this machine does not have it`, {
      code: 'not-installed',
      remedy: 'Install a bundle first:\n  ./edgekit install',
    })
  await takeLock(node, 'edgekit restart', runStep, signal)
  for (const service of services) {
    signal.throwIfAborted()
    await restart(service, node, runStep, signal)
  }
}

async function restart(service: Service, node: Node, runStep: RunStep, signal: AbortSignal): Promise<void> {
  const unit = units[service]
  try {
    await runStep(`Restart ${unit}`, () => node.systemd.restart(unit))
    const title =
      service === 'broker' ? 'Wait for the broker to answer' : 'Wait for EdgeCore to connect to the broker'
    await runStep(title, note => waitUntilHealthy(service, node, note, signal))
  } catch (error) {
    signal.throwIfAborted()
    throw new EdgekitError(`${unit} was restarted, but does not work: ${messageOf(error)}`, {
      code: 'service-unhealthy',
      remedy: `Find out why:\n  edgekit doctor\n  edgekit logs ${service} --lines 50`,
      cause: error,
    })
  }
}

async function waitUntilHealthy(
  service: Service,
  node: Node,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + healthMs[service] * slowness()
  for (;;) {
    const problem = await problemOf(service, node)
    if (problem === undefined) return
    const left = Math.ceil((end - Date.now()) / 1000)
    if (left <= 0) throw new Error(problem)
    note(`at most ${left} s more`)
    await sleep(Math.min(500, left * 1000), undefined, { signal })
  }
}

/** Why a service does not work yet; undefined when it does. */
async function problemOf(service: Service, node: Node): Promise<string | undefined> {
  if (service === 'broker')
    return waitForBroker(broker, 0).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    )
  const { active, sub } = await node.systemd.unit(units.edgecore)
  if (active !== 'active') return `${active} (${sub})`
  const log = await edgecoreLog.collect(node, AbortSignal.timeout(edgecoreLog.timeoutMs))
  return !log.stopped && log.eventBus === 'up'
    ? undefined
    : (log.fatal?.text ?? 'not connected to the broker')
}
