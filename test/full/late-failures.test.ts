import { expect, test } from 'vitest'
import { nextLayer, nextOnNode } from '../../lab/bundles/next-bundle.ts'
import { startCloud } from '../../lab/cloud/cloud.ts'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { jsonOutput } from '../json-output.ts'
import { belongings, keepMessage, nextDoes } from '../node/upgraded-node.ts'

const minutes = 60_000

test(
  'an EdgeCore that exits late in the wait is replaced by the old one, also while the cloud is away',
  async () => {
    await using node = await startNodeWithBundle({ release: 'bookworm' }, 'edge', [await nextLayer()])
    await using cloud = await startCloud(node)
    await node.write('/root/token', await cloud.token(), 0o600)
    await node.sh(`${bundleOnNode}/edgekit install --cloudcore ${cloud.cloudcore} --token-file /root/token`, {
      timeoutMs: 2 * minutes,
    })
    await keepMessage(node)
    const before = await belongings(node)
    for (const [seconds, cables] of [
      [5, 'in'],
      [20, 'in'],
      [50, 'in'],
      [50, 'out'],
    ] as const) {
      await cloud.network.cables(cables)
      await nextDoes(node, 'exits', seconds)
      const { exitCode, stdout, stderr } = await node.run(`edgekit upgrade ${nextOnNode} --yes`, {
        timeoutMs: 4 * minutes,
      })
      const said = `${stdout} ${stderr}`.replaceAll(/\s+/g, ' ')
      expect(said, `${seconds} s, cables ${cables}`).toContain(
        'edgekit: upgrade to v1.22.1 failed; v1.22.0 is running again EdgeCore ran before but does not stay up now',
      )
      expect(exitCode).toBe(exitCodes.rolledBack)
      expect(await belongings(node)).toEqual(before)
      const cloudOf = async () => {
        const doctor = await node.run('edgekit doctor --json edgecore-cloud edgecore-health')
        return jsonOutput('report', doctor.stdout).checks.map(({ status }) => status)
      }
      const expected = cables === 'in' ? ['pass', 'pass'] : ['pass', 'skip']
      await expect.poll(cloudOf, { timeout: minutes }).toEqual(expected)
    }
  },
  15 * minutes,
)
