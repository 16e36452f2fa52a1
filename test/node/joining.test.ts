import { describe, expect, test } from 'vitest'
import { startCloud } from '../../lab/cloud/cloud.ts'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'

describe('a node with a cloud beside it', () => {
  test('joins, reconnects after a restart of the cloud, and works without its cable', async () => {
    await using node = await startNodeWithBundle({ release: 'bookworm' })
    await using cloud = await startCloud(node)
    await node.write('/root/token', await cloud.token(), 0o600)
    const options = `--cloudcore ${cloud.cloudcore} --token-file /root/token`
    const install = await node.run(`${bundleOnNode}/edgekit install ${options}`, { timeoutMs: 120_000 })
    expect(install, install.stdout).toMatchObject({ exitCode: exitCodes.ok })
    await expect.poll(() => cloud.nodes(), { timeout: 30_000 }).toEqual([node.name])

    const log = () => node.sh('journalctl -u edgecore -o cat --no-pager')
    await cloud.stop()
    await expect.poll(log, { timeout: 30_000 }).toMatch(/connection is broken, will reconnect after 30s/)
    await cloud.start()
    const connected = async () => (await log()).match(/access successful/g)?.length
    await expect.poll(connected, { timeout: 60_000 }).toBe(2)

    await cloud.network.cables('out')
    await expect.poll(log, { timeout: 100_000 }).toMatch(/timeout to get response for message/)
    await cloud.network.cables('in')
    await node.powerCut()
    await node.boot()
    const doctor = async () => (await node.run('edgekit doctor')).exitCode
    await expect.poll(doctor, { timeout: 60_000 }).toBe(exitCodes.ok)
    await cloud.network.plugIn(node)
    await expect.poll(() => cloud.log(), { timeout: 60_000 }).toMatch(/(connected.*){3}/s)
  })
})
