import { describe, expect, test } from 'vitest'
import { exitCodes } from '../../src/errors.ts'
import { paths } from '../../src/node/paths.ts'
import { bundleOnNode, install, startNodeWithBundle } from '../lab/installed.ts'
import type { LabNode, RunResult } from '../lab/node.ts'
import { snapshot } from '../lab/snapshot.ts'
import { releases } from '../lab/tree.ts'

const timeoutMs = 120_000

/** Run an install that stands still, once it has said this, until something has been done to the node. */
const installMeeting = (node: LabNode, said: string, harm: string): Promise<RunResult> =>
  node.run(
    `cd ${bundleOnNode} && { ./edgekit install >/tmp/out & }; edgekit=$!
     until grep -q '${said}' /tmp/out; do sleep 0.01; done
     kill -STOP $edgekit; ${harm}; kill -CONT $edgekit; wait $edgekit`,
    { timeoutMs },
  )
const readOnly = (path: string): string => `mount --bind ${path} ${path} && mount -o remount,bind,ro ${path}`

describe.concurrent.each(releases)('%s', release => {
  test.each([
    ['the journal', '4k', 'Make the directory /etc/edgekit '],
    // As much as is used by then: sizes cannot be less.
    [
      'an image',
      `$(df --output=used -k ${paths.state} | tail -1 | tr -d ' ')k`,
      'Write /opt/edgekit/bin/clean-broker',
    ],
  ])('the disk gets full, no room for %s: everything is put back', async (_, size, said) => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    await node.sh(`mkdir ${paths.state} && mount -t tmpfs -o size=1g tmpfs ${paths.state}`)
    const untouched = await snapshot(node)
    const { exitCode, stderr } = await installMeeting(
      node,
      said,
      `mount -o remount,size=${size} ${paths.state}`,
    )
    expect(stderr).toContain('ENOSPC')
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
      'Write /opt/edgekit/bin/edgekit',
      readOnly('/etc'),
      'umount /etc',
      /EROFS[\s\S]*Not everything could be put back:[\s\S]*Undo: Make the directory \/etc\/edgekit/,
    ],
    [
      'containerd is stopped',
      'Import docker.io',
      'systemctl stop containerd',
      'systemctl start containerd',
      /Not everything could be put back:[\s\S]*Undo: Import docker.io/,
    ],
  ])('%s in the middle: what needs it is named, and put back when it is mended', async (...row) => {
    const [, said, harm, mend, message] = row
    await using node = await startNodeWithBundle({ release, certificates: true })
    const untouched = await snapshot(node)
    const { exitCode, stderr } = await installMeeting(node, said, harm)
    expect(stderr).toMatch(message)
    expect(exitCode).toBe(exitCodes.notClean)
    await node.sh(mend)
    const rollback = await node.run(`cd ${bundleOnNode} && ./edgekit rollback`, { timeoutMs })
    expect(rollback.stderr).toBe('')
    expect(await snapshot(node)).toEqual(untouched)
  })
})
