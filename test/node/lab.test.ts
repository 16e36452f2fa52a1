import { once } from 'node:events'
import { existsSync, globSync } from 'node:fs'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { leaderOf, processesOf } from '../../lab/machine/cgroups.ts'
import { mountsIn } from '../../lab/machine/mounts.ts'
import { startNode } from '../../lab/machine/node.ts'
import { reap } from '../../lab/machine/reap.ts'
import { nodeDirectory } from '../../lab/machine/state.ts'
import { releases } from '../../lab/machine/tree.ts'

test('nodes of both releases run side by side and survive power cuts', async () => {
  await using bookworm = await startNode({ release: 'bookworm' })
  await using trixie = await startNode({ release: 'trixie' })
  const other = await leaderOf(trixie.name)
  await bookworm.write('/var/lib/kept', 'kept\n', 0o640)
  await bookworm.sh('sync --file-system /var/lib')
  await bookworm.write('/var/lib/lost', 'lost\n')
  await bookworm.sh('echo lost >>/var/lib/containerd/lost')

  await bookworm.powerCut()

  await expect(bookworm.run('true')).rejects.toThrow('is off')
  expect(await leaderOf(trixie.name)).toBe(other)
  expect(await trixie.sh('systemctl is-system-running')).toBe('running')

  await bookworm.boot()

  expect(await bookworm.sh('cat /var/lib/kept; stat -c %a /var/lib/kept')).toBe('kept\n640')
  expect(await bookworm.sh('cat /var/lib/lost /var/lib/containerd/lost 2>/dev/null || true')).toBe('')
  expect(await bookworm.sh('systemctl is-system-running')).toBe('running')
})

test.each(releases)('a %s node is a plain edge node', async release => {
  await using node = await startNode({ release, certificates: true })
  expect(await node.sh('hostname; . /etc/os-release; echo $VERSION_CODENAME')).toBe(
    `${node.name}\n${release}`,
  )
  expect(await node.sh('ctr version')).toContain('Server:')
  expect(await node.sh('systemctl --failed --no-legend')).toBe('')
  expect(await node.sh('stat -c "%a %U" /etc/kubeedge/ca/rootCA.crt /etc/kubeedge/certs/server.*')).toBe(
    '644 root\n644 root\n600 root',
  )
  for (const absent of ['node', 'openssl', 'python3', 'mosquitto']) {
    expect((await node.run(`command -v ${absent}`)).exitCode).toBe(1)
  }
})

test('runs commands in a node', async () => {
  await using node = await startNode({ release: 'bookworm' })
  expect(await node.run('echo out; echo err >&2; exit 7')).toEqual({
    exitCode: 7,
    stdout: 'out',
    stderr: 'err',
  })
  expect(await node.sh('echo "$(cat) $WORD in $PWD"', { input: 'hello', env: { WORD: 'you' } })).toBe(
    'hello you in /root',
  )
  await expect(node.sh('echo why >&2; false')).rejects.toThrow(/exit code 1: .*false\n\nwhy/)

  await expect(node.run('sleep 1234', { timeoutMs: 200 })).rejects.toThrow('no end after 200 ms: sleep 1234')
  expect((await node.run('pgrep -f "[s]leep 1234"')).exitCode).toBe(1)

  const cut = node.run('sleep 1234')
  await expect.poll(() => node.run('pgrep -x sleep')).toMatchObject({ exitCode: 0 })
  await node.powerCut()
  expect((await cut).exitCode).toBe(137)
})

test('accesses the files of a node from the host', async () => {
  await using node = await startNode({ release: 'bookworm' })
  await node.copyIn(import.meta.dirname, '/opt/tests')
  expect(await node.sh('ls /opt/tests')).toContain('lab.test.ts')
  await node.sh('ln -s /etc/target /etc/link')
  await node.write('/etc/link', 'inside\n')
  expect(existsSync('/etc/target')).toBe(false)
  expect(await node.read('/etc/target')).toBe('inside\n')
  await expect(node.copyIn(import.meta.filename, '/tmp/file')).rejects.toThrow('file system in memory')
  await expect(node.write('/var/run/file', '')).rejects.toThrow('file system in memory')
})

test('removing a node leaves nothing behind', async () => {
  await using node = await startNode({ release: 'trixie' })
  const directory = nodeDirectory(node.name)
  const cgroups = `/sys/fs/cgroup/**/edgekit-lab/${node.name}`
  await node.run('setsid sleep 1234 >/dev/null 2>&1 &')
  expect(await processesOf(node.name)).not.toEqual([])
  expect(await mountsIn(directory)).not.toEqual([])
  expect(globSync(cgroups)).not.toEqual([])

  await node.remove()

  expect(await processesOf(node.name)).toEqual([])
  expect(await mountsIn(directory)).toEqual([])
  expect(globSync(cgroups)).toEqual([])
  expect(globSync(`/run/systemd/nspawn/**/${node.name}`)).toEqual([])
  expect(existsSync(directory)).toBe(false)
  await node.remove()
})

test('a node is removed with the process that created it, even a killed one', async () => {
  const script = `
    const { startNode } = await import(${JSON.stringify(import.meta.resolve('../../lab/machine/node.ts'))})
    process.stdout.write((await startNode({ release: 'bookworm' })).name + '\\n')
    setInterval(() => {}, 1000)`
  const owner = execa(process.execPath, ['--input-type=module', '--eval', script], { reject: false })
  const [line] = await once(owner.stdout, 'data')
  const name = String(line).trim()
  await reap()
  expect(await leaderOf(name)).toBeGreaterThan(1)

  owner.kill('SIGKILL')
  await owner

  await expect.poll(() => existsSync(nodeDirectory(name)), { timeout: 60_000 }).toBe(false)
  expect(await processesOf(name)).toEqual([])
})
