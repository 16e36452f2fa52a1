import type { LogExplanation, LogFinding } from '../edgecore/log/explain-log.ts'
import { plural } from '../lib/format.ts'
import { paint, wrap } from './text.ts'

const states: Record<LogExplanation['state'], string> = {
  exits: 'EdgeCore ended by itself',
  'crash-loop': 'EdgeCore ends and restarts again and again',
  up: 'EventBus is connected to the broker',
  failing: 'EventBus cannot connect to the broker',
  connecting: 'EventBus is connecting to the broker',
  hung: 'EventBus waits for an answer that does not come',
  flapping: 'EventBus loses the broker again and again',
  starting: 'EventBus is starting',
  disabled: 'EventBus is switched off',
  'internal-only': 'only the broker inside EdgeCore is used (mqttMode 0)',
  unknown: 'the log has nothing about EventBus',
}

/** What a log means, as text for a terminal: the state, each finding with its proof and remedy, what else is known. */
export function formatLogExplanation(found: LogExplanation): string {
  const { state, findings, notes, line } = found
  const isGood = findings.length === 0 && (state === 'up' || found.cloud === 'connected')
  const color = findings.length > 0 ? 'red' : isGood ? 'green' : 'bold'
  return [
    paint(color, wrap(`State: ${states[state]}`)),
    ...(findings.length === 0 && line !== undefined ? [proof(line)] : []),
    ...findings.flatMap(formatFinding),
    ...notes.map(note => paint('yellow', wrap(`Note: ${note}`))),
    paint('dim', wrap(`(${about(found).join(', ')})`)),
  ].join('\n')
}

function formatFinding({ cause, line, remedy, commands, times }: LogFinding, index: number): string[] {
  const count = times === undefined || times === 1 ? '' : `, logged ${times} times`
  return [
    wrap(`${index === 0 ? 'Cause' : 'Also'}${count}: ${cause}`),
    proof(line),
    wrap(`What to do: ${remedy}`),
    ...commands.map(command => `  ${command}`),
  ]
}

function about({ version, starts, cloud, registered, restartCounter, stopped }: LogExplanation): string[] {
  return [
    ...(version === undefined ? [] : [`version ${version}`]),
    plural(starts, 'start'),
    ...(restartCounter === undefined ? [] : [`restarted ${plural(restartCounter, 'time')} by systemd`]),
    `cloud: ${cloud}`,
    ...(registered === undefined ? [] : [registered ? 'registered' : 'not registered']),
    ...(stopped ? ['stopped since'] : []),
  ]
}

const proof = (text: string): string =>
  text
    .split('\n')
    .map(part => wrap(`| ${part}`, 2))
    .join('\n')
