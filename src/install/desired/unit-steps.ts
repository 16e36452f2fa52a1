import { broker, units } from '../../node/paths.ts'
import type { DesiredStep } from './step-makers.ts'

/** An installed unit runs, with what the steps of `because` have changed. */
export const runs = (unit: string, because?: readonly string[]): DesiredStep => ({
  id: unit,
  kind: 'unit-running',
  spec: { unit, mayFail: unit === units.edgecore },
  ...(because && { because }),
})

export const brokerAnswers: DesiredStep = {
  id: 'broker answers',
  kind: 'broker-answers',
  spec: { ...broker, timeoutMs: 30_000 },
}
