import { describe, expect, test } from 'vitest'
import { bundleOnNode, install, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode, RunResult } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { releases } from '../../lab/machine/tree.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { besidesProgress } from '../progress.ts'

const timeoutMs = 120_000

/** Run an install, and do something to the node once a command says that the time has come; `$edgekit` is its process. */
const installMeeting = (node: LabNode, hasCome: string, harm: string): Promise<RunResult> =>
  node.run(
    `cd ${bundleOnNode} && { ./edgekit install 2> >(tee /tmp/out >&2) & }; edgekit=$!
     until ${hasCome}; do sleep 0.01; done
     ${harm}; wait $edgekit`,
    { timeoutMs },
  )
const said = (text: string): string => `grep -q '${text}' /tmp/out`
/** While this is done to the node, the install stands still. */
const standing = (harm: string): string => `kill -STOP $edgekit; ${harm}; kill -CONT $edgekit`
const readOnly = (path: string): string => `mount --bind ${path} ${path} && mount -o remount,bind,ro ${path}`

describe.concurrent.each(releases)('%s', release => {
  test.each([
    ['the journal', '4k', 'Create the directory /etc/edgekit '],
    // As much as is used by then: sizes cannot be less.
    [
      'an image',
      `$(df --output=used -k ${paths.state} | tail -1 | tr -d ' ')k`,
      'Write /opt/edgekit/bin/clean-broker',
    ],
  ])('the disk gets full, no room for %s: all changes are rolled back', async (_, size, step) => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    await node.sh(`mkdir ${paths.state} && mount -t tmpfs -o size=1g tmpfs ${paths.state}`)
    const untouched = await snapshot(node)
    const { exitCode, stderr } = await installMeeting(
      node,
      said(step),
      standing(`mount -o remount,size=${size} ${paths.state}`),
    )
    expect(stderr).toContain('no space left on device')
    expect(exitCode).toBe(exitCodes.rolledBack)
    expect(await snapshot(node)).toEqual(untouched)
  })

  test.each(['/etc', '/usr/local', '/opt', '/var/lib'])('a read-only %s: nothing is touched', async path => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    await node.sh(readOnly(path))
    // With the time at which `ctr` says that containerd cannot write either.
    const timeless = async () => (await snapshot(node)).map(line => line.replace(/time="[^"]*"/, ''))
    const untouched = await timeless()
    const { exitCode } = await node.run(install, { timeoutMs })
    expect([exitCodes.refused, exitCodes.rolledBack]).toContain(exitCode)
    expect(await timeless()).toEqual(untouched)
  })

  test.each([
    [
      '/etc gets read-only',
      said('Write /opt/edgekit/bin/edgekit'),
      standing(readOnly('/etc')),
      'umount /etc',
      /read-only file system[\s\S]*These changes could not be rolled back:[\s\S]*Roll back: Create the directory \/etc\/edgekit/,
    ],
    [
      'containerd is stopped',
      said('Import image docker.io'),
      // containerd waits for a client that stands still while it connects, up to 90 s.
      'systemctl stop containerd',
      'systemctl start containerd',
      /These changes could not be rolled back:[\s\S]*Roll back: Import image docker.io/,
    ],
  ])('%s midway: what needs it is named, and rolled back once it is fixed', async (...row) => {
    const [, hasCome, harm, repair, message] = row
    await using node = await startNodeWithBundle({ release, certificates: true })
    const untouched = await snapshot(node)
    const { exitCode, stderr } = await installMeeting(node, hasCome, harm)
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(exitCodes.incomplete)
    await node.sh(repair)
    const rollback = await node.run(`cd ${bundleOnNode} && ./edgekit rollback`, { timeoutMs })
    expect(besidesProgress(rollback.stderr)).toBe('')
    expect(await snapshot(node)).toEqual(untouched)
  })

  test('containerd is gone during a rollback with a broker: its container is not forgotten', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const untouched = await snapshot(node)
    const interrupted = await installMeeting(
      node,
      said('Start mosquitto'),
      `kill -INT $edgekit; while kill -0 $edgekit; do sleep 0.05; done
       systemctl stop containerd; systemctl mask --runtime containerd`,
    )
    expect(interrupted.exitCode).toBe(130)
    const rollback = `cd ${bundleOnNode} && ./edgekit rollback`
    const stuck = await node.run(rollback, { timeoutMs })
    expect(stuck.stderr.replaceAll(/\s+/g, ' ')).toContain(
      'Roll back: Start mosquitto.service: cannot remove the broker container: containerd does not answer',
    )
    expect(stuck.exitCode).toBe(exitCodes.incomplete)
    await node.sh('systemctl unmask --runtime containerd; systemctl start containerd')
    expect(besidesProgress((await node.run(rollback, { timeoutMs })).stderr)).toBe('')
    expect(await snapshot(node)).toEqual(untouched)
  })

  test('containerd crashes during an import: it is ended, and all changes are rolled back', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const untouched = await snapshot(node)
    const { exitCode, stderr } = await installMeeting(
      node,
      `pkill -STOP -f '[i]mport --platform'`,
      'systemctl kill --signal=KILL containerd; systemctl restart containerd',
    )
    expect(stderr).toMatch(/images import [\s\S]*containerd closed the connection/)
    expect(exitCode).toBe(exitCodes.rolledBack)
    expect(await snapshot(node)).toEqual(untouched)
  })
})
