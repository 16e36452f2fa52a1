import { describe, expect, test } from 'vitest'
import { certificatesAside } from '../../../src/actions/files/certificates-aside.ts'
import { performUnfinished, rollBackOn } from '../install/engine.ts'
import { tinyNode } from './tiny-node.ts'

const unit = 'edgecore.service'
const [ca, cert, key, token] = ['/k/ca.crt', '/k/server.crt', '/k/server.key', '/k/bootstrap.conf'] as const
const spec = { unit, files: [ca, cert, key, token], suffix: '.20261130T081500Z' }
const noBackups = async () => ''

/** A node with a CA, a certificate and a key of a cloud, without a token file. */
async function joinedNode() {
  const node = await tinyNode()
  await node.put('/var/lib/something', '')
  node.setUnit(unit, { active: 'active' })
  for (const path of [ca, cert, key]) await node.put(path, `old ${path}`, 0o600)
  return node
}

const contents = async (node: Awaited<ReturnType<typeof tinyNode>>) =>
  Object.fromEntries(
    Object.entries(await node.disk()).filter(([path]) => /\/?k\//.test(path) && !path.endsWith('/k')),
  )

describe('moving certificates aside', () => {
  test('stops EdgeCore first and keeps the files under another name', async () => {
    const node = await joinedNode()
    expect(await certificatesAside.inspect(spec, node)).toBe('needed')
    await certificatesAside.apply(spec, node)
    expect(node.calls).toEqual([`stop ${unit}`])
    expect(await node.files.list('/k')).toEqual([ca, cert, key].map(path => `${path.slice(3)}${spec.suffix}`))
    expect(await node.files.read(`${key}${spec.suffix}`)).toBe(`old ${key}`)
    expect((await node.stat(`${key}${spec.suffix}`)).mode & 0o777).toBe(0o600)
    expect(await certificatesAside.inspect(spec, node)).toBe('done')
  })

  test.each([0, 1, 2, 3])('finishes and reverts a move interrupted after %i files', async count => {
    for (const finish of [true, false]) {
      const node = await joinedNode()
      const before = await certificatesAside.capture(spec, node, noBackups)
      const untouched = await contents(node)
      for (const path of [ca, cert, key].slice(0, count)) await node.files.rename(path, path + spec.suffix)
      if (finish) {
        await certificatesAside.apply(spec, node)
        expect(await node.files.list('/k')).toHaveLength(3)
        expect(await certificatesAside.inspect(spec, node)).toBe('done')
      }
      await certificatesAside.revert(spec, before, node)
      await certificatesAside.revert(spec, before, node)
      expect(await contents(node)).toEqual(untouched)
    }
  })

  test('a rollback removes what EdgeCore got in the meantime, and starts EdgeCore again', async () => {
    const node = await joinedNode()
    await node.files.remove(ca)
    const untouched = await contents(node)
    await performUnfinished(node, [{ id: 'aside', kind: 'certificates-aside', spec }])
    for (const path of [ca, cert, key, token]) await node.put(path, `new ${path}`)
    node.setUnit(unit, { active: 'active' })
    node.calls.length = 0
    expect(await rollBackOn(node)).toEqual([])
    expect(await contents(node)).toEqual(untouched)
    expect(node.calls).toEqual([`stop ${unit}`, 'reload', `restart ${unit}`])
  })

  test('a certificate that EdgeCore got during an interruption does not replace the kept one', async () => {
    const node = await joinedNode()
    await node.files.rename(cert, cert + spec.suffix)
    await node.put(cert, 'issued in the meantime')
    await certificatesAside.apply(spec, node)
    expect(await node.files.read(cert)).toBeUndefined()
    expect(await node.files.read(cert + spec.suffix)).toBe(`old ${cert}`)
  })

  test('an EdgeCore that was stopped stays stopped', async () => {
    const node = await joinedNode()
    node.setUnit(unit, { active: 'inactive' })
    await performUnfinished(node, [{ id: 'aside', kind: 'certificates-aside', spec }])
    await rollBackOn(node)
    expect(node.calls).not.toContain(`restart ${unit}`)
  })
})
