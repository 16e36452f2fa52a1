import { describe, expect, test } from 'vitest'
import { type LabCloud, startCloud } from '../../lab/cloud/cloud.ts'
import { otherAddress } from '../../lab/cloud/network.ts'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { besidesProgress } from '../progress.ts'

const aDay = 86_400_000

interface Situation {
  what: string
  /** Before the install. */
  prepare?: (cloud: LabCloud, node: LabNode) => Promise<unknown>
  token?: (cloud: LabCloud) => Promise<string>
  cloudcore?: string
  /** More flags. */
  flags?: string
  exitCode: number
  /** Words of the output, without line breaks. */
  says: RegExp
}

const foreignToken = async (cloud: LabCloud): Promise<string> =>
  `${'0'.repeat(64)}${(await cloud.token()).slice(64)}`

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
    token: foreignToken,
    exitCode: exitCodes.usage,
    says: /token is of another cloud.*keadm gettoken/,
  },
  {
    what: 'the token of another cloud while no cloud answers',
    prepare: cloud => cloud.stop(),
    token: foreignToken,
    exitCode: exitCodes.checklistFailed,
    says: /connection refused/,
  },
  {
    what: 'a name that the cloud has already',
    prepare: async (cloud, node) => cloud.setNodes(node.name),
    exitCode: exitCodes.usage,
    says: /has a node of this name.*--node-name NAME.*--force=node-name/,
  },
  {
    what: 'a name that the cloud has already, and the Node is this machine',
    prepare: async (cloud, node) => cloud.setNodes(node.name),
    flags: '--force=node-name',
    exitCode: exitCodes.ok,
    says: /joined.*This node works/,
  },
  {
    what: 'a value that EdgeCore exits on',
    flags: '--set modules.eventBus.mqttMode=3',
    exitCode: exitCodes.usage,
    says: /mqttMode is 3, outside 0 to 2/,
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

async function join(node: LabNode, cloud: LabCloud, { token, cloudcore, flags = '' }: Partial<Situation>) {
  await node.write('/root/token', await (token?.(cloud) ?? cloud.token()), 0o600)
  const options = `--cloudcore ${cloudcore ?? cloud.cloudcore} --token-file /root/token ${flags}`
  const { exitCode, stdout, stderr } = await node.run(`${bundleOnNode}/edgekit install ${options}`, {
    timeoutMs: 180_000,
  })
  return { exitCode, said: oneLine(stdout + besidesProgress(stderr)) }
}

test.concurrent('a joined node reconnects after a restart of the cloud', async () => {
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
    await prepare?.(cloud, node)
    const { exitCode: code, said } = await join(node, cloud, options)
    expect(said.slice(-900)).toMatch(says)
    expect(code, said).toBe(exitCode)
    if (exitCode !== exitCodes.ok) expect(said).not.toContain('This node works')
    if (exitCode === exitCodes.usage)
      expect(await node.run('test -e /opt/edgekit')).toMatchObject({ exitCode: 1 })
  })
})

describe.concurrent('a node that has joined', () => {
  const certificates =
    '/etc/kubeedge/ca/rootCA.crt /etc/kubeedge/certs/server.crt /etc/kubeedge/certs/server.key'

  /** The certificates, edgecore.yaml and everything else that a move to another cloud touches. */
  const belongings = (node: LabNode) => node.sh(`sha256sum ${certificates} ${paths.edgecoreConfig}`)

  /** The same address, but another authority and no nodes. */
  async function anotherCloud(cloud: LabCloud): Promise<void> {
    await cloud.stop()
    await cloud.renew()
    await cloud.setNodes()
    await cloud.start()
  }

  /** Kill a move to another cloud once it has printed this, and wait until its EdgeCore has registered, if it runs. */
  const cut = (node: LabNode, said: string, flags = '') =>
    // The background process opens the file some time later: one of an earlier cut must not be read.
    node.sh(
      `rm -f /tmp/out; ${bundleOnNode}/edgekit install --rejoin --token-file /root/token ${flags} 2>/tmp/out & edgekit=$!
       until grep -qs '${said}' /tmp/out; do kill -0 $edgekit || exit 1; sleep 0.01; done; kill -9 $edgekit; sleep 2`,
    )

  test('gets another address of its cloud, and no other cloud', async () => {
    await using node = await startNodeWithBundle({ release: 'trixie' })
    await using cloud = await startCloud(node)
    expect(await join(node, cloud, {})).toMatchObject({ exitCode: exitCodes.ok })
    const old = await belongings(node)
    const install = async (flags: string) => {
      const { exitCode, stdout, stderr } = await node.run(`${bundleOnNode}/edgekit install ${flags}`, {
        timeoutMs: 180_000,
      })
      return { exitCode, said: oneLine(stdout + besidesProgress(stderr)) }
    }
    const away = await install('--cloudcore 203.0.113.77:10000 --dry-run')
    expect(away.said).toMatch(/nothing there answers.*--cloudcore 203\.0\.113\.77:10000 --force=cloudcore/)
    expect(away.exitCode).toBe(exitCodes.usage)

    // Another name of the same cloud, which its certificate lacks: EdgeCore says so, and the install does, too.
    await node.sh(`echo '203.0.113.1 cloud.example' >>/etc/hosts`)
    const renamed = await install('--cloudcore cloud.example:10000')
    expect(renamed.said).toMatch(/has not joined its cloud.*does not name the address.*cloud\.example/)
    expect(renamed.said.match(/does not name the address/g)).toHaveLength(1)
    expect(renamed.exitCode).toBe(exitCodes.checklistFailed)
    const back = await install(`--cloudcore ${cloud.cloudcore}`)
    expect(back.said).toMatch(/joined.*This node works/)
    expect(await belongings(node)).toBe(old)

    await anotherCloud(cloud)
    const other = await install('--cloudcore cloud.example:10000')
    expect(other.said).toMatch(
      /this node belongs to another cloud.*--rejoin --cloudcore cloud\.example:10000/,
    )
    expect(other.exitCode).toBe(exitCodes.usage)
    expect(await belongings(node)).toBe(old)
  })

  test('has joined although its log goes elsewhere', async () => {
    await using node = await startNodeWithBundle({ release: 'bookworm' })
    await using cloud = await startCloud(node)
    await node.sh(
      `mkdir -p /etc/systemd/system/edgecore.service.d; printf '[Service]\\nStandardOutput=null\\nStandardError=null\\n' >/etc/systemd/system/edgecore.service.d/quiet.conf`,
    )
    const { said, exitCode } = await join(node, cloud, {})
    expect(said).toMatch(/This node has joined its cloud/)
    expect(exitCode, said).toBe(exitCodes.ok)
  })

  test('moves to another cloud with --rejoin, and back when that fails', async () => {
    await using node = await startNodeWithBundle({ release: 'bookworm' })
    await using cloud = await startCloud(node)
    expect(await join(node, cloud, {})).toMatchObject({ exitCode: exitCodes.ok })
    expect(await join(node, cloud, { flags: '--rejoin' })).toMatchObject({
      exitCode: exitCodes.ok,
      said: expect.stringMatching(/Nothing to do.*already belongs to its cloud/),
    })
    const old = await belongings(node)
    await anotherCloud(cloud)

    const refused = await join(node, cloud, {})
    expect(refused.said).toMatch(/this node belongs to another cloud.*install --rejoin/)
    expect(refused.exitCode).toBe(exitCodes.usage)
    expect(await belongings(node)).toBe(old)

    const failed = await join(node, cloud, {
      token: async cloud => `${(await cloud.token()).slice(0, -8)}AAAAAAAA`,
      flags: '--rejoin',
    })
    expect(failed.said).toMatch(
      /install failed; all changes were rolled back.*has not joined the new cloud.*keadm gettoken/,
    )
    expect(failed.exitCode).toBe(exitCodes.rolledBack)
    expect(await belongings(node)).toBe(old)
    expect(await node.sh('systemctl is-active edgecore; ls /etc/kubeedge/certs')).toBe(
      'active\nserver.crt\nserver.key',
    )

    // The background process opens the file some time later: one of an earlier cut must not be read.
    await node.write('/root/token', await cloud.token(), 0o600)
    await cut(node, 'Set keys')
    expect(await belongings(node).catch(() => '')).not.toBe(old)
    await node.sh('edgekit rollback')
    expect(await belongings(node)).toBe(old)

    // EdgeCore may have registered in the new cloud before the rollback.
    await cut(node, 'Set keys', '--force=node-name')
    await cloud.set({ apiserverAway: true })
    await cloud.setNodes()
    await node.sh('systemctl restart edgecore')
    const unregistered = await node.run(`${bundleOnNode}/edgekit install`, { timeoutMs: 180_000 })
    expect(unregistered, unregistered.stdout).toMatchObject({ exitCode: exitCodes.rolledBack })
    expect(await belongings(node)).toBe(old)
    await cloud.set({})
    await cut(node, 'estart edgecore.service')
    const finished = await node.run(`${bundleOnNode}/edgekit install`, { timeoutMs: 180_000 })
    expect(oneLine(finished.stdout)).toMatch(/joined.*This node works/)
    expect(finished, finished.stderr).toMatchObject({ exitCode: exitCodes.ok })
    expect(await cloud.nodes()).toEqual([node.name])
    const kept = await node.sh('cat /etc/kubeedge/certs/server.crt.2* | sha256sum')
    expect(old).toContain(kept.split(' ')[0])
    const again = await join(node, cloud, { flags: '--rejoin' })
    expect(again.said).toMatch(/Nothing to do.*This node works/)
  })
})
