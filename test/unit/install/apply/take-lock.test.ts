import { expect, test, vi } from 'vitest'
import { takeLock } from '../../../../src/install/apply/take-lock.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import type { StepRunner } from '../../../../src/lib/step.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const aborted = new AbortController()

test('what a killed edgekit had started is waited for by name, and not for ever', async () => {
  const node = await tinyNode()
  node.lock.take = async () => false
  node.lock.heldBy = () => ['ctr images import (process 7)']
  const titles: string[] = []
  const runSteps: StepRunner = async steps => {
    for (const step of steps) {
      titles.push(step.title)
      await step.run(() => {})
    }
  }
  let now = 0
  vi.spyOn(Date, 'now').mockImplementation(() => (now += 250_000))
  const what = 'a program that an interrupted edgekit had started: ctr images import (process 7)'
  await expect(takeLock(node, 'edgekit install', runSteps, aborted.signal)).rejects.toMatchObject({
    message: `this has not ended: ${what}`,
    exitCode: exitCodes.locked,
  })
  expect(titles).toEqual([`Wait for ${what}`])
})
