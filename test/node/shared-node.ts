import { afterAll, afterEach, beforeAll } from 'vitest'
import type { LabNode } from '../../lab/machine/node.ts'

/**
 * One node for all tests of a `describe`, one after the other: each leaves it as it found it. A test that fails does not fail
 * those after it, which get another node.
 */
export function sharedNode(start: () => Promise<LabNode>): () => LabNode {
  let node: LabNode
  const begin = async (): Promise<void> => {
    node = await start()
  }
  beforeAll(begin)
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return
    await node.remove()
    await begin()
  })
  afterAll(() => node.remove())
  return () => node
}
