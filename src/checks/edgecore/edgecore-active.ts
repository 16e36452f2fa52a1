import { unitExitCause } from '../../edgecore/log/known/unit-exit.ts'
import type { EdgecoreLogFacts } from '../../facts/edgecore-log.ts'
import { requireFact } from '../../facts/fact.ts'
import type { UnitFacts } from '../../facts/units.ts'
import type { Check, Finding, Fix } from '../check.ts'
import { withWayBack } from '../shared/way-back.ts'

const stableAfterMs = 60_000
/** More restarts than that in ten minutes are a loop, whatever else the log shows. */
const maxRestarts = 2
const showLog = 'journalctl -u edgecore -n 50 --no-pager'
const expected = 'active (running), without restarts in the last minute'

export const edgecoreActive: Check = {
  id: 'edgecore-active',
  title: 'edgecore.service is active and stable',
  tags: ['checklist', 'doctor'],
  appliesTo: { edgecore: 'running' },
  needs: [
    'edgecore-masked',
    'containerd-answers',
    'cri-plugin',
    'no-kubelet',
    'edgecore-config-valid',
    'edgecore-database',
    'event-bus-tls',
    'node-certificate',
    'edgecore-token',
  ],
  run(facts) {
    const unit = requireFact(facts.units).edgecore
    if (unit.load === 'not-found') {
      return {
        status: 'fail',
        observed: 'edgecore.service does not exist',
        expected: 'the unit edgekit installs',
        remedy: {
          text: 'Install a bundle: run its edgekit from the unpacked directory.',
          commands: ['./edgekit install'],
        },
      }
    }
    const log = 'value' in facts.edgecoreLog ? facts.edgecoreLog.value : undefined
    return withWayBack(unit.active === 'active' ? judgeActive(unit, log) : notActive(unit, log), facts)
  },
}

function judgeActive(unit: UnitFacts, log: EdgecoreLogFacts | undefined): Finding {
  const aliveMs = unit.activeForMs ?? 0
  const seconds = Math.round(aliveMs / 1000)
  const restarts = log?.restarts ?? 0
  const isLoop = restarts > maxRestarts
  // One accident is over after a minute; a loop only when this start has come further than the one before.
  const previous = restarts > 0 && (isLoop || aliveMs < stableAfterMs) ? log?.previousFatal : undefined
  const exit = log?.fatal ?? previous
  if (exit) return exits(exit)
  if (isLoop && aliveMs < stableAfterMs && !log?.hasRecovered)
    return {
      status: 'fail',
      observed: `EdgeCore starts again and again: up for ${seconds} s, ${restarts} restarts in 10 minutes`,
      expected,
      evidence: log?.lastEnd === undefined ? [] : [log.lastEnd],
      remedy: { text: 'Read its journal for the reason.', commands: [showLog] },
    }
  // NRestarts may be old, so it proves nothing by itself.
  if (log?.restarts === undefined && unit.restarts > maxRestarts && aliveMs < stableAfterMs)
    return {
      status: 'warn',
      observed: `up for ${seconds} s, after ${unit.restarts} restarts by systemd since it was last stopped; the journal has nothing about them`,
      expected,
      remedy: { text: 'Look again in a minute.', commands: ['edgekit doctor edgecore-active journal-kept'] },
    }
  return {
    status: 'pass',
    observed: `active (${unit.sub}) for ${seconds} s, ${unit.restarts} restarts`,
  }
}

function notActive(unit: UnitFacts, log: EdgecoreLogFacts | undefined): Finding {
  // The log may be about an end before this one.
  const exit = log?.fatal ?? unitExitCause(unit) ?? log?.previousFatal
  const fix = { kind: 'start', unit: unit.name } as const
  if (exit) return exits(exit, isRepeatable(exit, unit) ? undefined : fix)
  return {
    status: 'fail',
    observed: `${unit.name} is ${unit.active} (${unit.sub}), result ${unit.result}, ${unit.restarts} restarts`,
    expected,
    remedy: {
      text: 'Start EdgeCore. If it exits again, its journal shows why.',
      commands: ['systemctl enable --now edgecore', showLog],
      fix: { kind: 'start', unit: unit.name },
    },
  }
}

/** systemd starts it again by itself, or it would end for the same reason. */
const isRepeatable = ({ code }: Exit, { sub }: UnitFacts): boolean =>
  sub === 'auto-restart' || !['killed', 'oom-killed', 'exited'].includes(code)

interface Exit {
  code: string
  text: string
  remedy: string
  line: string
  commands?: readonly string[]
}

const exits = ({ text, remedy, line, commands = [showLog] }: Exit, fix?: Fix): Finding => ({
  status: 'fail',
  observed: `EdgeCore exits: ${text}`,
  expected,
  evidence: [line],
  remedy: { text: remedy, commands, ...(fix && { fix }) },
})
