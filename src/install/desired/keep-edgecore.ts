import type { EdgecoreCopySpec } from '../../actions/files/edgecore-copy.ts'
import { paths, units } from '../../node/paths.ts'
import type { DesiredStep } from './step-makers.ts'

const stopId = `stop ${units.edgecore}`

/**
 * Adds to the steps of an upgrade what makes its way back: before another EdgeCore is installed, the old one is stopped, and
 * its database and configuration are copied. A pure function.
 */
export function keepEdgecore(steps: readonly DesiredStep[], spec: EdgecoreCopySpec): DesiredStep[] {
  const ahead = paths.edgecore
  return steps.flatMap((step): DesiredStep[] => {
    if (step.id === ahead) {
      return [
        { id: stopId, kind: 'unit-stopped', spec: { unit: units.edgecore }, ahead },
        { id: 'copy of EdgeCore', kind: 'edgecore-copy', spec, ahead },
        step,
      ]
    }
    const isStart = step.kind === 'unit-running' && step.spec.unit === units.edgecore
    return [isStart ? { ...step, because: [...(step.because ?? []), stopId] } : step]
  })
}
