import { expect, test, vi } from 'vitest'
import { takeLock } from '../../../../src/install/apply/take-lock.ts'
import { exitCodes } from '../../../../src/lib/exit-codes.ts'
import type { RunStep } from '../../../../src/lib/step.ts'
import { tinyNode } from '../../actions/tiny-node.ts'

const aborted = new AbortController()

test('waits at most 10 minutes for a program a killed edgekit started, and names it', async () => {
  const node = await tinyNode()
  node.lock.take = async () => false
  node.lock.heldBy = () => ['ctr images import (process 7)']
  const titles: string[] = []
  const runStep: RunStep = (title, work) => {
    titles.push(title)
    return work(() => {})
  }
  let now = 0
  vi.spyOn(Date, 'now').mockImplementation(() => (now += 250_000))
  const holder = 'a program started by an interrupted edgekit: ctr images import (process 7)'
  await expect(takeLock(node, 'edgekit install', runStep, aborted.signal)).rejects.toMatchObject({
    message: `cannot lock this node: still running after 10 minutes: ${holder}`,
    exitCode: exitCodes.locked,
  })
  expect(titles).toEqual([`Wait for ${holder}`])
})
