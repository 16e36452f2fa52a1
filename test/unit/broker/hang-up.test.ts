import { execa } from 'execa'
import { describe, test } from 'vitest'
import { brokerThat, type Stage, types } from './broker-that.ts'

const alone = (port: number, what: string) =>
  execa(process.execPath, [`${import.meta.dirname}/probe-alone.ts`, String(port), what], { timeout: 20_000 })

// A promise that nothing keeps alive ends Node.js with exit code 13, or with 0 when it is not at the top level.
describe.concurrent('a process that only talks to a broker', () => {
  const stages = Object.keys(types) as Stage[]
  const ends = ['closes', 'resets', 'falls silent'] as const
  test.for(stages.flatMap(stage => ends.map(end => [end, stage] as const)))(
    'has a result when the broker %s at %s',
    async ([end, stage], { expect, onTestFinished }) => {
      const port = await brokerThat(end, stage, onTestFinished)
      const { stdout } = await alone(port, 'probe')
      const found = JSON.parse(stdout)
      expect(JSON.stringify(found)).toContain('failure')
      expect((await alone(port, 'wait')).stdout).toMatch(stage === 'connect' ? /^Error: / : /^answers$/)
    },
  )
})
