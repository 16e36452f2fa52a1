import { beforeAll, expect, test } from 'vitest'
import { nextLayer, nextOnNode } from '../../lab/bundles/next-bundle.ts'
import { startCloud } from '../../lab/cloud/cloud.ts'
import type { Cut } from '../../lab/crash/cut.ts'
import { crashingEdgekit, crashLayer } from '../../lab/crash/executable.ts'
import { bundleOnNode, startInstalledNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode, RunResult } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths, units } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'
import { belongings, database, keepMessage, nextDoes, nextWorks } from './upgraded-node.ts'

const minutes = 60_000
let layers: string[]
beforeAll(async () => {
  layers = [await nextLayer()]
}, 10 * minutes)

const upgrade = (node: LabNode, flags = '') =>
  node.run(`edgekit upgrade ${nextOnNode} --yes --stable-for 5s ${flags}`, { timeoutMs: 3 * minutes })
const rollback = (node: LabNode, flags = '') =>
  node.run(`edgekit rollback ${flags}`, { timeoutMs: 3 * minutes })

const said = ({ stdout, stderr }: RunResult): string => `${stdout}\n${stderr}`.replaceAll(/\s+/g, ' ')

const hashes = (node: LabNode): Promise<string> =>
  node.sh(`sha256sum ${database} ${paths.edgecore} ${paths.edgecoreConfig}; stat -c %a ${database}`)

test.concurrent(
  'an EdgeCore that stands still or ruins its database is replaced by the old one; a day later too',
  async () => {
    await using node = await startInstalledNode('bookworm', 'edge', layers)
    const before = await hashes(node)
    for (const [what, words] of [
      ['exits', 'EdgeCore ran before but does not stay up now'],
      ['stands-still', 'EdgeCore stays up, but does not work as before: edgecore-health:'],
      ['ruins-database', "EdgeCore's database is the copy of 20"],
      ['deletes-database', "EdgeCore's database is the copy of 20"],
    ] as const) {
      await nextDoes(node, what)
      const result = await upgrade(node)
      expect(said(result), what).toContain('failed; v1.22.0 is running again')
      expect(said(result), what).toContain(words)
      expect(result.exitCode, result.stderr).toBe(exitCodes.rolledBack)
      expect(await hashes(node)).toBe(before)
    }
    const aside = (await node.sh(`ls ${database}.*`)).split('\n')
    expect(aside).toHaveLength(1)
    expect(await node.sh(`head -c 11 ${aside[0]}`)).toBe('no database')

    await nextWorks(node)
    const good = await upgrade(node)
    expect([exitCodes.ok, exitCodes.checklistFailed], said(good)).toContain(good.exitCode)
    const kept = (await node.sh(`ls -d ${paths.backups}/*`)).split('\n')
    expect(kept).toHaveLength(1)
    expect(await node.sh(`stat -c '%a %U' ${kept[0]} ${kept[0]}/*edgecore.*`)).toBe(
      '700 root\n600 root\n600 root',
    )
    await node.sh(`echo '# mine' >>${paths.brokerConfig}`)

    await nextDoes(node, 'ruins-database')
    await node.sh(
      'systemctl restart edgecore; until systemctl is-failed edgecore || [ "$(systemctl show -P SubState edgecore)" = auto-restart ]; do sleep 0.2; done',
    )
    const report = await node.run('edgekit doctor edgecore-active')
    expect(said(report)).toContain('edgekit rollback --to-previous')
    const back = await rollback(node, '--to-previous --json')
    expect(back.exitCode, back.stderr).toBe(exitCodes.ok)
    expect(jsonOutput('rollback', back.stdout)).toMatchObject({
      kubeedgeVersion: 'v1.22.0',
      copies: expect.arrayContaining([`${paths.brokerConfig}.v1.22.1`]),
      database: { aside: expect.stringContaining(`${database}.`) },
    })
    expect(await hashes(node)).toBe(before)
    expect(await node.sh(`tail -n 1 ${paths.brokerConfig}.v1.22.1`)).toBe('# mine')
    expect((await node.run('edgekit status')).stdout).toContain('kubeedge-edge v1.22.0')
    expect(await node.sh(`ls ${paths.state}`)).not.toContain('backups')
    await nextWorks(node)
    await node.sh('edgekit doctor --ignore edgecore-cloud')
    const again = await rollback(node, '--to-previous')
    expect(said(again)).toContain('cannot return to a previous version: this node was not upgraded')
    expect(again.exitCode).toBe(exitCodes.refused)
  },
  10 * minutes,
)

test.concurrent(
  'an EdgeCore that ignores the cloud, or is unhealthy, is replaced by the old one, which is connected again',
  async () => {
    await using node = await startNodeWithBundle({ release: 'bookworm' }, 'edge', layers)
    await using cloud = await startCloud(node)
    await node.write('/root/token', await cloud.token(), 0o600)
    await node.sh(`${bundleOnNode}/edgekit install --cloudcore ${cloud.cloudcore} --token-file /root/token`, {
      timeoutMs: 2 * minutes,
    })
    await keepMessage(node)
    const before = await belongings(node)
    for (const [what, words] of [
      [
        'ignores-cloud',
        'EdgeCore stays up, but does not work as before: edgecore-cloud: no attempt to connect',
      ],
      ['is-unhealthy', 'EdgeCore stays up, but does not work as before: edgecore-health: '],
    ] as const) {
      await nextDoes(node, what)
      const result = await upgrade(node)
      expect(said(result), what).toContain(
        `edgekit: upgrade to v1.22.1 failed; v1.22.0 is running again ${words}`,
      )
      expect(result.exitCode, result.stderr).toBe(exitCodes.rolledBack)
      expect(await belongings(node)).toEqual(before)
      const doctor = () => node.run('edgekit doctor --json edgecore-cloud edgecore-health')
      await expect.poll(doctor, { timeout: minutes / 2 }).toMatchObject({ exitCode: exitCodes.ok })
      expect(jsonOutput('report', (await doctor()).stdout).checks.map(({ status }) => status)).toEqual([
        'pass',
        'pass',
      ])
    }
  },
  10 * minutes,
)

/** Without modification times, which cannot be restored to the nanosecond, and without broker data. */
const timeless = async (node: LabNode): Promise<string[]> =>
  (await snapshot(node))
    .filter(line => !line.startsWith(`${paths.brokerData}/`))
    .map(line => line.replaceAll(/\d{10}\.\d{10}/g, 'T'))

test.concurrent(
  'killed anywhere in an upgrade or in the way back, with an edgecore.yaml that was being written: it converges',
  async () => {
    await using node = await startInstalledNode('trixie', 'edge', [...layers, await crashLayer()])
    await node.sh(`sed -i 's/127.0.0.1:1884/127.0.0.1:1999/' ${paths.edgecoreConfig}`)
    const killedAt = async (command: string, id: string, cut: Cut) => {
      const env = { LAB_CUT_ID: id, LAB_CUT: cut }
      const run = await node.run(`${crashingEdgekit} ${command}; exit $?`, { env, timeoutMs: 3 * minutes })
      expect(run.exitCode, said(run)).toBe(137)
    }
    const upgradeCut = (id: string, cut: Cut) =>
      killedAt(`upgrade ${nextOnNode} --yes --stable-for 2s`, id, cut)
    const before = await timeless(node)

    await nextDoes(node, 'tears-config')
    await upgradeCut('copy of EdgeCore', 'before intent')
    await upgradeCut('copy of EdgeCore', 'after intent')
    await upgradeCut(units.edgecore, 'after change')
    await node.sh(`until grep -q 'https://127.0.0.1:10002' ${paths.edgecoreConfig}; do sleep 0.1; done`)
    const back = await rollback(node)
    expect(back.exitCode, back.stderr).toBe(exitCodes.ok)
    await nextWorks(node)
    expect(await timeless(node)).toEqual(before)

    await nextDoes(node, 'tears-config')
    await upgradeCut(units.edgecore, 'after change')
    await node.sh(`until grep -q 'https://127.0.0.1:10002' ${paths.edgecoreConfig}; do sleep 0.1; done`)
    await nextWorks(node)
    const finished = await upgrade(node)
    expect(said(finished)).toContain(`Restore ${paths.edgecoreConfig}, which is damaged`)
    expect(await node.sh(`grep -c 127.0.0.1:1999 ${paths.edgecoreConfig}`)).toBe('1')
    expect(await node.sh('systemctl is-active mosquitto edgecore')).toBe('active\nactive')

    const [run] = (await node.sh(`ls ${paths.backups}`)).split('\n')
    const journal = (await node.read(`${paths.backups}/${run}/journal.jsonl`)).trim().split('\n')
    const ids = journal.flatMap(line => (JSON.parse(line) as { id?: string }).id ?? [])
    for (const [at, id] of [...new Set(ids)].toReversed().entries()) {
      const command = at === 0 ? 'rollback --to-previous' : 'rollback'
      await killedAt(command, id, at % 2 === 0 ? 'before reverted' : 'after reverted')
    }
    const returned = await rollback(node)
    expect(returned.exitCode, returned.stderr).toBe(exitCodes.ok)
    expect(await timeless(node)).toEqual(before)
    expect((await node.run('edgekit status')).stdout).toContain('kubeedge-edge v1.22.0')
  },
  10 * minutes,
)
