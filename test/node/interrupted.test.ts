import { describe, expect, test } from 'vitest'
import { bundleOnNode, install, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { inTurn, releases } from '../../lab/machine/tree.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'
import { besidesProgress } from '../progress.ts'

const minutes = 60_000
const rollback = `cd ${bundleOnNode} && ./edgekit rollback`

/** Starts an install and sends it a signal as soon as it has printed this. */
const installUntil = (node: LabNode, said: string, signal: string, args = '') =>
  node.run(
    `cd ${bundleOnNode} && { ./edgekit install ${args} 2> >(tee /tmp/out >&2) & }; edgekit=$!
     until grep -q '${said}' /tmp/out; do sleep 0.02; done
     kill -${signal} $edgekit; wait $edgekit`,
    { timeoutMs: 2 * minutes },
  )

/** A node with a killed install. */
async function killedNode(release: (typeof releases)[number], said: string) {
  const node = await startNodeWithBundle({ release, certificates: true })
  const untouched = await snapshot(node)
  expect((await installUntil(node, said, 'KILL')).exitCode).toBe(137)
  expect(await snapshot(node)).not.toEqual(untouched)
  return { node, untouched }
}

describe.concurrent.each(releases)('%s', release => {
  test.each(inTurn(['Import image docker.io', 'Enable mosquitto.service', 'Create /etc/kubeedge'], release))(
    'killed after "%s", an install finishes',
    async said => {
      const { node } = await killedNode(release, said)
      await using _ = node
      const { exitCode, stdout, stderr } = await node.run(install, { timeoutMs: 2 * minutes })
      expect(besidesProgress(stderr)).toBe('')
      expect(stderr).toContain('Plan how to finish the interrupted install')
      expect(exitCode, stdout).toBe(exitCodes.ok)
      expect((await node.sh(`ls -A ${paths.state}`)).split('\n').toSorted()).toEqual([
        'bundle.json',
        'images',
        'mosquitto',
        'receipt.json',
      ])
      const { items } = JSON.parse(await node.read(paths.receipt))
      expect(items).not.toContainEqual(expect.objectContaining({ id: paths.program, ownership: 'adopted' }))
      expect((await node.run(install)).stdout).toContain('Nothing to do')
      expect((await node.run('edgekit rollback')).stdout).toContain('Nothing to roll back')
    },
  )

  const places = [
    'Write /opt/edgekit/bin/edgekit',
    'Import image docker.io',
    'Start mosquitto.service',
    'Create /etc/kubeedge',
  ]
  test.each(inTurn(places, release))('killed after "%s", a rollback restores everything', async said => {
    const { node, untouched } = await killedNode(release, said)
    await using _ = node
    const { exitCode, stdout, stderr } = await node.run(rollback, { timeoutMs: 2 * minutes })
    expect(besidesProgress(stderr)).toBe('')
    expect(stdout).toContain('All changes were rolled back.')
    expect(exitCode, stdout).toBe(exitCodes.ok)
    expect(await snapshot(node)).toEqual(untouched)
    expect(await node.sh('systemctl list-units --all --plain --no-legend mosquitto edgecore')).toBe('')
  })

  const signals = [
    ['Ctrl-C', 'INT', exitCodes.interrupted],
    ['a lost connection', 'HUP', exitCodes.hangup],
    ['SIGTERM', 'TERM', exitCodes.terminated],
  ] as const
  test.each(inTurn(signals, release))(
    '%s midway: it shows how to continue, and rollback reverts everything',
    async (_, signal, code) => {
      await using node = await startNodeWithBundle({ release, certificates: true })
      const untouched = await snapshot(node)
      const { exitCode, stderr } = await installUntil(
        node,
        'Write /etc/systemd/system/mosquitto.service',
        signal,
      )
      expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
        `stopped by SIG${signal}; the changes made so far are kept`,
      )
      expect(stderr).toContain('sudo ./edgekit rollback')
      expect(exitCode).toBe(code)
      expect(await node.sh('systemctl list-unit-files --no-legend edgecore.service || :')).toBe('')
      expect((await node.run(rollback)).exitCode).toBe(exitCodes.ok)
      expect(await snapshot(node)).toEqual(untouched)
    },
  )

  test('a second edgekit names the first and exits', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const holder = `$(grep -o '"pid":[0-9]*' /run/edgekit.lock | cut -d : -f 2)`
    // nsenter stops together with the process it waits for, so it waits for a shell.
    const first = node.run(`${install} 2> >(tee /tmp/out >&2); exit $?`, { timeoutMs: 2 * minutes })
    // Stopped while the second one runs.
    await node.sh(`until grep -q 'Create the directory' /tmp/out; do sleep 0.01; done; kill -STOP ${holder}`)
    for (const command of [install, rollback]) {
      const second = await node.run(command)
      expect(second.exitCode).toBe(exitCodes.locked)
      expect(second.stderr.replaceAll(/\s+/g, ' ')).toMatch(
        /another edgekit is running on this node: edgekit install \(process \d+, since 20/,
      )
    }
    expect(await node.run(`${install} --cloudcore 192.0.2.1:10002`)).toMatchObject({
      exitCode: exitCodes.usage,
    })
    await node.sh(`kill -CONT ${holder}`)
    expect((await first).exitCode).toBe(exitCodes.ok)
  })

  test('--no-rollback keeps a failed install for inspection; a rollback restores the node', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const dropIn = '/etc/systemd/system/mosquitto.service.d/50-broken.conf'
    await node.write(dropIn, '[Service]\nExecStartPre=/bin/false\n')
    const untouched = await snapshot(node)
    const { exitCode, stderr } = await node.run(`${install} --no-rollback`, { timeoutMs: 2 * minutes })
    expect(stderr).toContain('install failed; nothing was rolled back')
    expect(exitCode).toBe(exitCodes.incomplete)
    expect(await node.sh('systemctl is-failed mosquitto || :')).not.toBe('inactive')
    const rolledBack = await node.run(`${rollback} --json`)
    expect(rolledBack.exitCode).toBe(exitCodes.ok)
    expect(jsonOutput('rollback', rolledBack.stdout).restored).not.toEqual([])
    expect(await snapshot(node)).toEqual(untouched)
  })

  test('a rollback without an interrupted install changes nothing', async () => {
    await using node = await startNodeWithBundle({ release })
    const untouched = await snapshot(node)
    const { exitCode, stdout } = await node.run(rollback)
    expect(stdout).toContain('Nothing to roll back: no install was interrupted.')
    expect(exitCode, stdout).toBe(exitCodes.ok)
    expect(await snapshot(node)).toEqual(untouched)
  })
})
