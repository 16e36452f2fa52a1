import { describe, expect, test } from 'vitest'
import { crashingEdgekit, crashLayer } from '../../lab/crash/executable.ts'
import { startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'

const minutes = 60_000
const options = { timeoutMs: 3 * minutes }
const address = '198.51.100.10'

/** Commands that change the broker, and what makes each of them have something to do again. */
const commands = [
  ['user add new --role backend', 'user remove new'],
  ['user remove new', 'user add new --role backend'],
  ['user passwd new', 'user add new --role backend'],
  ["acl add --user keep --topic 'hall/#' --read", "acl remove --user keep --topic 'hall/#' --read"],
  ["acl remove --user keep --topic 'hall/#' --read", "acl add --user keep --topic 'hall/#' --read"],
  ['tls init', ''],
  ['tls renew', ''],
  [
    'tls import --certificate /root/own/server.crt --key /root/own/server.key --ca /root/own/ca.crt',
    'tls renew --ca --yes',
  ],
  ['configure --yes --set maxConnections=600', 'configure --yes --set maxConnections=512'],
  [`configure --yes --profile local`, `configure --yes --profile devices --address ${address}`],
] as const

const edgekit = (node: LabNode, args: string) => node.run(`edgekit ${args}`, options)

async function startNode(): Promise<LabNode> {
  const node = await startInstalledNode('trixie', 'edge', [await crashLayer()])
  await node.sh(`edgekit broker configure --yes --profile devices --address ${address}`, options)
  await node.sh(
    `mkdir /root/own; cp ${paths.brokerTls}/server.* ${paths.brokerCa} /root/own
     edgekit broker user add keep | awk '$1 == "keep" { print $2 }' >/root/keep`,
    options,
  )
  return node
}

async function requireLogin(node: LabNode): Promise<void> {
  const isLocal = !(await node.read(paths.brokerConfig)).includes('password_file')
  const login = isLocal ? '' : '--username keep --password-file /root/keep'
  const sent = await edgekit(node, `pub device/keep/status on --url mqtt://127.0.0.1 ${login}`)
  expect(sent.exitCode, sent.stderr).toBe(exitCodes.ok)
}

/** A device that nobody has touched and EdgeCore are connected, and the doctor finds nothing but the interruption. */
async function requireServed(node: LabNode): Promise<void> {
  await requireLogin(node)
  await expect
    .poll(() => failing(node), { timeout: minutes, interval: 500 })
    .toEqual(expect.toBeOneOf([[], ['install-finished']]))
}

async function failing(node: LabNode): Promise<string[]> {
  const { checks } = jsonOutput('report', (await edgekit(node, 'doctor --json')).stdout)
  return checks.filter(({ status }) => ['fail', 'warn', 'error'].includes(status)).map(({ id }) => id)
}

const leftovers = (node: LabNode): Promise<string> =>
  node.sh(
    `find /etc/edgekit /var/lib/edgekit/journal.jsonl /var/lib/edgekit/backups ${paths.brokerTrial} -name '*.edgekit-part' \
       -o -name journal.jsonl -o -path '${paths.brokerTrial}' -o -name '*-passwd' 2>/dev/null
     ctr -n k8s.io containers ls -q | grep -v '^mosquitto$'
     grep -h canary ${paths.brokerPasswords}; true`,
  )

describe.concurrent.each(commands)('broker %s', (command, again) => {
  test('killed before and in each of its changes', { timeout: 180 * minutes }, async () => {
    await using node = await startNode()
    const prepare = async (): Promise<void> => {
      // Both find something done already in the first round.
      if (again !== '') await edgekit(node, `broker ${again}`)
      if (again.startsWith('tls')) await node.sh('edgekit broker tls init', options)
    }
    if (again.startsWith('tls')) await node.sh('edgekit broker tls init', options)
    await prepare()
    await node.sh(`${crashingEdgekit} broker ${command}`, { ...options, env: { LAB_CALLS: '/root/calls' } })
    const calls = (await node.read('/root/calls')).trim().split('\n')
    // From then on it is done, and there is no user or rule to remove again.
    const recorded = calls.indexOf(`write ${paths.receipt}`)
    const wrong: string[] = []
    for (const [index, what] of calls.entries())
      for (const at of [index + 1, index + 1.5]) {
        await prepare()
        const killed = await node.run(`${crashingEdgekit} broker ${command}; exit $?`, {
          ...options,
          env: { LAB_CUT_CALL: String(at) },
        })
        // Appending to the journal has no middle.
        if (killed.exitCode === exitCodes.ok && !Number.isInteger(at)) continue
        try {
          expect(killed.exitCode, killed.stderr).toBe(137)
          if (index % 3 > 0) await requireServed(node)
          if (index % 3 === 1) {
            await node.sh('systemctl restart mosquitto', options)
            await requireServed(node)
          }
          if (index % 2 > 0) await node.sh('edgekit rollback', options)
          const finished = await edgekit(node, `broker ${command}`)
          const ends = index > recorded ? [exitCodes.ok, exitCodes.refused] : [exitCodes.ok]
          expect(finished.exitCode, finished.stderr).toBeOneOf(ends)
          expect(await leftovers(node)).toBe('')
          await expect.poll(() => failing(node), { timeout: minutes, interval: 500 }).toEqual([])
        } catch (error) {
          wrong.push(`${at} ${what}: ${String(error)}`)
          await edgekit(node, 'rollback')
        }
      }
    expect(wrong).toEqual([])
  })
})

const pages = [0, 1, 2, 3, 4, 6, 8, 12, 16, 24]

describe.concurrent.each([paths.brokerDirectory, paths.state])('a full disk under %s', directory => {
  test('fails with everything as before, and works when there is room', {
    timeout: 60 * minutes,
  }, async () => {
    await using node = await startNode()
    await node.sh(
      `cp -a ${directory} /root/disk; mount -t tmpfs -o mode=755,size=90% tmpfs ${directory}; cp -a /root/disk/. ${directory}
       systemctl restart mosquitto`,
      options,
    )
    await requireServed(node)
    const wrong: string[] = []
    for (const [command, again] of commands)
      for (const free of pages) {
        if (again !== '') await edgekit(node, `broker ${again}`)
        if (again.startsWith('tls')) await node.sh('edgekit broker tls init', options)
        await node.sh(
          `size=$(($(df -k --output=used ${directory} | tail -1) + 4 * ${free}))
           mount -o remount,size=\${size}k ${directory}`,
        )
        try {
          const tried = await edgekit(node, `broker ${command}`)
          await requireLogin(node)
          expect((await edgekit(node, 'doctor edgecore-mqtt')).exitCode).toBe(exitCodes.ok)
          await node.sh(`mount -o remount,size=90% ${directory}`)
          if (tried.exitCode !== exitCodes.ok) {
            expect(tried.stderr).toMatch(/nothing was changed|all changes were rolled back/)
            expect(tried.stderr).toContain('no space left')
            const finished = await edgekit(node, `broker ${command}`)
            expect(finished.exitCode, finished.stderr).toBe(exitCodes.ok)
          }
          expect(await leftovers(node)).toBe('')
        } catch (error) {
          await node.sh(`mount -o remount,size=90% ${directory}`)
          wrong.push(`${free} pages, ${command}: ${String(error)}`)
          await edgekit(node, 'rollback')
        }
      }
    expect(wrong).toEqual([])
  })
})
