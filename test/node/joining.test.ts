import { describe, expect, test } from 'vitest'
import { type LabCloud, startCloud } from '../../lab/cloud/cloud.ts'
import { otherAddress } from '../../lab/cloud/network.ts'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'

const aDay = 86_400_000

interface Situation {
  what: string
  /** Before the install. */
  prepare?: (cloud: LabCloud) => Promise<unknown>
  token?: (cloud: LabCloud) => Promise<string>
  cloudcore?: string
  exitCode: number
  /** Words of the output, without line breaks. */
  says: RegExp
}

const situations: Situation[] = [
  { what: 'a fresh node joins', exitCode: exitCodes.ok, says: /joined.*This node works/ },
  {
    what: 'a token with another signature',
    token: async cloud => `${(await cloud.token()).slice(0, -8)}AAAAAAAA`,
    exitCode: exitCodes.checklistFailed,
    says: /keadm gettoken/,
  },
  {
    what: 'an expired token',
    token: cloud => cloud.token(Date.now() - aDay),
    exitCode: exitCodes.usage,
    says: /expired at .*keadm gettoken/,
  },
  {
    what: 'the token of another cloud',
    token: async cloud => `${'0'.repeat(64)}${(await cloud.token()).slice(64)}`,
    exitCode: exitCodes.checklistFailed,
    says: /another cloud/,
  },
  {
    what: 'port 10002 in place of 10000',
    cloudcore: '203.0.113.1:10002',
    exitCode: exitCodes.usage,
    says: /10002.*10000/,
  },
  {
    what: 'a port where nobody listens',
    cloudcore: '203.0.113.1:10077',
    exitCode: exitCodes.checklistFailed,
    says: /has not joined.*connection refused/,
  },
  {
    what: 'an address that the certificate of the cloud does not have',
    cloudcore: `${otherAddress}:10000`,
    exitCode: exitCodes.checklistFailed,
    says: /advertiseAddress/,
  },
  {
    what: 'CloudCore does not run',
    prepare: cloud => cloud.stop(),
    exitCode: exitCodes.checklistFailed,
    says: /connection refused/,
  },
  {
    what: 'packets to the cloud are dropped',
    prepare: cloud => cloud.network.drop(true),
    exitCode: exitCodes.checklistFailed,
    says: /i\/o timeout/,
  },
  {
    what: 'the cloud cannot create the Node',
    prepare: cloud => cloud.set({ refuseNodes: true }),
    exitCode: exitCodes.checklistFailed,
    says: /refuses to register/,
  },
  {
    what: 'the apiserver is away',
    prepare: cloud => cloud.set({ apiserverAway: true }),
    exitCode: exitCodes.checklistFailed,
    says: /has not joined.*systemctl restart edgecore/,
  },
]

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

async function join(node: LabNode, cloud: LabCloud, { token, cloudcore }: Partial<Situation>) {
  await node.write('/root/token', await (token?.(cloud) ?? cloud.token()), 0o600)
  const options = `--cloudcore ${cloudcore ?? cloud.cloudcore} --token-file /root/token`
  const { exitCode, stdout, stderr } = await node.run(`${bundleOnNode}/edgekit install ${options}`, {
    timeoutMs: 180_000,
  })
  return { exitCode, said: oneLine(stdout + stderr) }
}

test('a joined node reconnects after a restart of the cloud', async () => {
  await using node = await startNodeWithBundle({ release: 'trixie' })
  await using cloud = await startCloud(node)
  expect(await join(node, cloud, {})).toMatchObject({ exitCode: exitCodes.ok })
  expect(await cloud.nodes()).toEqual([node.name])
  const log = () => node.sh('journalctl -u edgecore -o cat --no-pager')
  await cloud.stop()
  await expect.poll(log, { timeout: 30_000 }).toMatch(/connection is broken, will reconnect after 30s/)
  const away = await node.run('edgekit doctor edgecore-cloud')
  expect(away, away.stdout).toMatchObject({ exitCode: exitCodes.ok })
  expect(oneLine(away.stdout)).toMatch(/cloud unreachable .* the node works offline/)
  await cloud.start()
  await expect.poll(log, { timeout: 60_000 }).toMatch(/(access successful.*){2}/s)
  expect(await node.run('edgekit doctor')).toMatchObject({ exitCode: exitCodes.ok })
})

describe.concurrent('an install with a cloud beside the node', () => {
  test.each(situations)('$what', async ({ prepare, exitCode, says, ...options }) => {
    await using node = await startNodeWithBundle({ release: 'bookworm' })
    await using cloud = await startCloud(node)
    await prepare?.(cloud)
    const { exitCode: code, said } = await join(node, cloud, options)
    expect(said.slice(-900)).toMatch(says)
    expect(code, said).toBe(exitCode)
    if (exitCode !== exitCodes.ok) expect(said).not.toContain('This node works')
    if (exitCode === exitCodes.usage)
      expect(await node.run('test -e /opt/edgekit')).toMatchObject({ exitCode: 1 })
  })
})
