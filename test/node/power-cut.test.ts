import { afterAll, beforeAll, describe, test } from 'vitest'
import { nextLayer, nextOnNode } from '../../lab/bundles/next-bundle.ts'
import { cutAfterStep } from '../../lab/crash/cut-after-step.ts'
import { keepHostName } from '../../lab/crash/keep-host-name.ts'
import { requireWorks } from '../../lab/crash/require-works.ts'
import { install, startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'

const minutes = 60_000
const upgrade = `edgekit upgrade ${nextOnNode} --yes --stable-for 2s`

// What was not synced is lost. crash.test.ts cuts the power during installs, and `npm run test:full` at more steps.
describe('on one node', () => {
  let node: LabNode
  beforeAll(async () => {
    node = await startInstalledNode('trixie', 'edge', [await nextLayer()])
    await keepHostName(node)
  }, 5 * minutes)
  afterAll(() => node.remove())

  test.each([
    ['an upgrade', upgrade, 'Import image registry.k8s.io/pause:3.8', 'edgekit rollback'],
    ['an uninstall', 'edgekit uninstall --yes', 'Remove image registry.k8s.io/pause:3.10', install],
    ['an upgrade', upgrade, 'Write /usr/local/bin/edgecore', upgrade],
  ])('power cut during %s', async (_, command, step, then) => {
    await cutAfterStep(node, command, step)
    await node.sh(then, { timeoutMs: 3 * minutes })
    await requireWorks(node)
  })
})
