import { expect, test } from 'vitest'
import { startCloud } from '../../lab/cloud/cloud.ts'
import { bundleOnNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { jsonOutput } from '../json-output.ts'

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

async function install(node: LabNode, options = '') {
  const { exitCode, stdout, stderr } = await node.run(`${bundleOnNode}/edgekit install ${options}`, {
    timeoutMs: 180_000,
  })
  return { exitCode, said: oneLine(stdout + stderr) }
}

/** What the doctor says of the cloud, with its exit code. */
async function cloudOf(node: LabNode) {
  const { exitCode, stdout } = await node.run('edgekit doctor --json')
  const { checks } = jsonOutput('report', stdout)
  const { status, observed } = checks.find(({ id }) => id === 'edgecore-cloud') ?? {}
  return { exitCode, status, observed }
}

/** Restart EdgeCore, which reaches for its broker only when told, as on a very slow board. */
const slowStart = `drop_in=/run/systemd/system/edgecore.service.d/slow.conf
  mkdir -p "$(dirname $drop_in)"
  printf '[Service]\\nExecStart=\\nExecStart=/bin/sh -c "until [ -e /run/go ]; do sleep 0.2; done; exec /usr/local/bin/edgecore"\\n' >$drop_in
  systemctl daemon-reload; systemctl restart edgecore`

test.concurrent('a node is called offline only after the cloud has registered it once', async () => {
  await using node = await startNodeWithBundle({ release: 'bookworm' })
  await using cloud = await startCloud(node)
  await node.write('/root/token', await cloud.token(), 0o600)
  const first = await install(node, '--cloudcore 203.0.113.1:10077 --token-file /root/token')
  expect(first).toMatchObject({ exitCode: exitCodes.checklistFailed })
  const never = {
    exitCode: exitCodes.refused,
    status: 'fail',
    observed: expect.stringMatching(/never been registered in the cloud: .*refuses the connection/),
  }
  expect(await cloudOf(node)).toEqual(never)
  const second = await install(node)
  expect(second.said).toMatch(/has not joined its cloud/)
  expect(second).toMatchObject({ exitCode: exitCodes.checklistFailed })

  const right = await install(node, `--cloudcore ${cloud.cloudcore}`)
  expect(right.said).toMatch(/joined its cloud.*This node works/)
  expect(await cloudOf(node)).toMatchObject({ exitCode: exitCodes.ok, status: 'pass' })

  await cloud.stop()
  await node.sh(slowStart)
  const starting = await node.run('edgekit doctor edgecore-mqtt')
  expect(starting).toMatchObject({
    exitCode: exitCodes.ok,
    stdout: expect.stringMatching(/EdgeCore is connecting: it started \d+ s ago/),
  })
  const [offline] = await Promise.all([install(node), node.sh('sleep 3; touch /run/go')])
  expect(offline.said).toMatch(/This node works/)
  expect(await cloudOf(node)).toEqual({
    exitCode: exitCodes.ok,
    status: 'skip',
    observed: expect.stringMatching(/cloud unreachable .* the node works offline/),
  })
}, 180_000)

test.concurrent('a node that joins late is healthy at once, and one whose cable is out is unreachable within two minutes', async () => {
  await using node = await startNodeWithBundle({ release: 'trixie' })
  await using cloud = await startCloud(node)
  await node.write('/root/token', await cloud.token(), 0o600)
  await cloud.stop()
  const early = await install(node, `--cloudcore ${cloud.cloudcore} --token-file /root/token`)
  expect(early).toMatchObject({ exitCode: exitCodes.checklistFailed })
  await cloud.start()
  const log = () => node.sh('journalctl -u edgecore -o cat --no-pager')
  await expect.poll(log, { timeout: 60_000 }).toMatch(/Successfully registered node/)
  // The start before ended for want of a certificate a few seconds ago.
  expect(await cloudOf(node)).toMatchObject({ exitCode: exitCodes.ok, status: 'pass' })

  await cloud.network.cables('out')
  const unreachable = {
    exitCode: exitCodes.ok,
    status: 'skip',
    observed: expect.stringMatching(/cloud unreachable/),
  }
  await expect.poll(() => cloudOf(node), { timeout: 120_000, interval: 5_000 }).toEqual(unreachable)
}, 300_000)
