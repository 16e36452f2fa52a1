import type { DeviceServiceFacts } from '../../facts/device-service.ts'
import { requireFact } from '../../facts/fact.ts'
import type { UnitFacts } from '../../facts/units.ts'
import type { Check, Finding } from '../check.ts'
import { restart, showLog, startingMs } from '../shared/device-service.ts'

export const devicesActive: Check = {
  id: 'devices-active',
  title: 'Device service is active and answers',
  tags: ['doctor'],
  needs: ['systemd-is-init'],
  run(facts) {
    const service = requireFact(facts.deviceService)
    if (!service) return { status: 'skip', observed: 'the device service is not installed' }
    const unit = requireFact(facts.units).devices
    if (unit.active !== 'active') return notActive(unit, service)
    const seconds = Math.round((unit.activeForMs ?? 0) / 1000)
    if ('failure' in service.health) {
      const { failure } = service.health
      const isStarting = (unit.activeForMs ?? 0) < startingMs
      return {
        status: isStarting ? 'warn' : 'fail',
        observed: isStarting
          ? `it started ${seconds} s ago, and does not answer yet: ${failure}`
          : `it does not answer: ${failure}`,
        expected,
        evidence: service.log.slice(-3),
        remedy: { text: 'Restart the service.', commands: [restart, showLog] },
      }
    }
    return { status: 'pass', observed: `active (${unit.sub}) for ${seconds} s, ${unit.restarts} restarts` }
  },
}

const expected = 'active (running), and an answer on its HTTP address'

function notActive(unit: UnitFacts, { log }: DeviceServiceFacts): Finding {
  const isStopped = unit.active === 'inactive'
  return {
    status: 'fail',
    observed: `${unit.name} is ${unit.active} (${unit.sub}), result ${unit.result}, ${unit.restarts} restarts`,
    expected,
    evidence: isStopped ? [] : log.slice(-6),
    remedy: isStopped
      ? {
          text: 'Start the service.',
          commands: ['systemctl enable --now edgekit-devices'],
          fix: { kind: 'start', unit: unit.name },
        }
      : {
          text: 'Correct what its log names, then restart the service.',
          commands: [restart, showLog],
        },
  }
}
