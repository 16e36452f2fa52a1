import type { LogExplanation } from '../edgecore/log/explain-log.ts'
import { plural } from '../lib/format.ts'
import { paint, wrap } from './text.ts'

const states: Record<LogExplanation['state'], string> = {
  exits: 'EdgeCore ended by itself',
  up: 'EventBus is connected to the broker',
  failing: 'EventBus cannot connect to the broker',
  connecting: 'EventBus is connecting to the broker',
  hung: 'EventBus waits for an answer that does not come',
  flapping: 'EventBus loses the broker again and again',
  starting: 'EventBus is starting',
  disabled: 'EventBus is switched off',
  'internal-only': 'only the broker inside EdgeCore is used (mqttMode 0)',
  unknown: 'the log says nothing about EventBus',
}

/** What a log means, for a person. */
export function formatLogExplanation(found: LogExplanation): string {
  const { state, stopped, cause, line, remedy, cloud, version, starts, warnings } = found
  const good = state === 'up' && warnings.length === 0
  const about = [
    version && `version ${version}`,
    plural(starts, 'start'),
    `cloud: ${cloud}`,
    stopped && 'stopped since',
  ]
  const proof = (text: string): string =>
    text
      .split('\n')
      .map(part => wrap(`| ${part}`, 2))
      .join('\n')
  const lines = [
    paint(good ? 'green' : cause ? 'red' : 'bold', wrap(`State: ${states[state]}`)),
    ...(cause ? [wrap(`Cause: ${cause}`)] : []),
    ...(line === undefined ? [] : [proof(line)]),
    ...(remedy ? [wrap(`What to do: ${remedy}`)] : []),
    ...warnings.flatMap(warning => [
      paint('yellow', wrap(`Also, said ${plural(warning.times, 'time')}: ${warning.text}`)),
      proof(warning.line),
      wrap(`What to do: ${warning.remedy}`),
    ]),
    paint('dim', wrap(`(${about.filter(Boolean).join(', ')})`)),
  ]
  return lines.join('\n')
}
