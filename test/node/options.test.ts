import { describe, expect, test } from 'vitest'
import { bundleOnNode, startInstalledNode, startNodeWithBundle } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { releases } from '../../lab/machine/tree.ts'
import { listenAs } from '../../lab/tweaks/listen.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { broker, paths } from '../../src/node/paths.ts'
import { jsonOutput } from '../json-output.ts'
import { besidesProgress } from '../progress.ts'

const minutes = 60_000
const hash = 'ab'.repeat(32)
// It expires in 2100.
const token = `${hash}.eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.dG9wLXNlY3JldA`

const run = (node: LabNode, args: string, input?: string) =>
  node.run(`cd ${bundleOnNode} && ./edgekit install ${args}`, {
    timeoutMs: 2 * minutes,
    ...(input === undefined ? {} : { input }),
  })

/** What an install may change, without what the broker saves by itself. */
const stateOf = async (node: LabNode): Promise<string[]> =>
  (await snapshot(node)).filter(line => !line.startsWith(`${paths.brokerData}/`))

/** Output without line breaks. */
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ')

describe.concurrent.each(releases)('%s', release => {
  test('a staged node joins later, by an answers file with a token from stdin', async () => {
    await using node = await startNodeWithBundle({ release })
    const staged = await run(node, '--stage --node-name edge-7')
    expect(besidesProgress(staged.stderr)).toBe('')
    expect(staged.stdout).toContain('EdgeCore is prepared but not started.')
    expect(staged.exitCode).toBe(exitCodes.ok)
    expect((await node.run('systemctl is-active edgecore; systemctl is-enabled edgecore')).stdout).toBe(
      'inactive\ndisabled',
    )
    expect((await node.run('edgekit doctor --tag checklist')).exitCode).toBe(exitCodes.ok)
    const config = await node.read(paths.edgecoreConfig)
    expect(config).toContain('hostnameOverride: edge-7')
    expect(config).toContain('DisableCSIVolumePlugin: true')

    // Without a flag it stays staged.
    const before = await stateOf(node)
    expect((await run(node, '')).stdout).toContain('Nothing to do')
    expect(await stateOf(node)).toEqual(before)

    await node.write(
      '/root/answers.yaml',
      'cloudcore: 192.0.2.9:10000\ntokenFile: "-"\nstage: false\nset:\n  modules.edgeHub.heartbeat: 20\n',
    )
    // Everything the process list shows meanwhile is recorded.
    await node.sh(
      `setsid sh -c 'echo $$ >/root/watch; while :; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ; sleep 0.2; done >/root/seen' >/dev/null 2>&1 </dev/null &
       until [ -s /root/seen ]; do sleep 0.1; done`,
    )
    const joined = await run(node, `--config /root/answers.yaml --ca-hash ${hash} --json`, `${token}\n`)
    await node.sh('kill $(cat /root/watch)')
    // There is no cloud at that address.
    expect([joined.exitCode, joined.stderr]).toEqual([exitCodes.checklistFailed, ''])
    expect(await node.sh('tr "\\0" "\\n" </root/seen | sort -u')).toContain('answers.yaml')
    const now = await node.read(paths.edgecoreConfig)
    expect(now).toContain(`token: ${token}`)
    expect(now).toContain('httpServer: https://192.0.2.9:10002')
    expect(now).toContain('server: 192.0.2.9:10000')
    expect(now).toContain('heartbeat: 20')
    expect(now).toContain('hostnameOverride: edge-7')
    expect(await node.sh(`stat -c %a:%U ${paths.edgecoreConfig}`)).toBe('640:root')
    expect(joined.stdout + joined.stderr).not.toContain(token)
    const elsewhere = await node.sh(
      `grep -rlaF ${token.slice(70)} /etc /var /opt /run /root/seen /root/bundle/bundle.json 2>/dev/null; journalctl -a --no-pager | grep -cF ${token.slice(70)}; true`,
    )
    expect(elsewhere.split('\n')).toEqual([paths.edgecoreConfig, '0'])
    expect((await node.run('systemctl is-enabled edgecore')).stdout).toBe('enabled')

    // A node whose EdgeCore runs, or tries to, is not staged.
    const after = await stateOf(node)
    const under = await run(node, '--stage --set modules.edgeHub.heartbeat=15')
    expect(flat(under.stderr)).toMatch(/edgecore.service is (running|being restarted)/)
    expect(under.stderr).toContain('systemctl disable --now edgecore')
    expect(under.exitCode).toBe(exitCodes.refused)
    expect((await stateOf(node)).filter(line => !after.includes(line))).toEqual([])

    // A later install without flags keeps all of it.
    expect((await run(node, '')).stdout).toContain('Nothing to do')
    expect((await stateOf(node)).filter(line => !after.includes(line))).toEqual([])
  })

  test('refuses, adopts or replaces a foreign unit', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const at = `127.0.0.1:${broker.port}`
    await listenAs(node, 'stranger', at)
    const unit = `[Unit]\nDescription=their broker\n[Service]\nExecStart=/usr/bin/perl /var/listen ${at}\n[Install]\nWantedBy=multi-user.target\n`
    await node.write(paths.brokerUnit, unit)
    await node.write(paths.edgecore, '#!/bin/sh\nsleep infinity\n', 0o755)
    await node.sh('systemctl daemon-reload')
    const taken = await run(node, `--force=mosquitto.service --force=${paths.edgecore}`)
    expect(taken.stdout).toMatch(/FAIL\s+Port 1883[\s\S]*stranger\.service/)
    expect(taken.exitCode).toBe(exitCodes.refused)
    await node.sh('systemctl stop stranger; systemctl enable --now mosquitto')

    const before = await stateOf(node)
    const refused = await run(node, '')
    expect(refused.stdout).toContain('mosquitto.service was not installed by edgekit')
    expect(refused.exitCode).toBe(exitCodes.refused)
    const unknown = await run(node, '--force=mosquitto.service --force=/etc/passwd')
    expect(flat(unknown.stderr)).toContain('this install does not write it')
    expect(unknown.exitCode).toBe(exitCodes.usage)
    const half = await run(node, '--force=mosquitto.service')
    expect(half.stderr).toContain(paths.edgecore)
    expect(half.exitCode).toBe(exitCodes.refused)
    expect(await stateOf(node)).toEqual(before)

    const replaced = await run(node, `--force=mosquitto.service --force=${paths.edgecore}`)
    expect(besidesProgress(replaced.stderr)).toBe('')
    expect(replaced.stdout).toContain('This node works.')
    expect(await node.read(paths.brokerUnit)).toContain('[X-Edgekit]')
    expect(await node.sh(`cat ${paths.backups}/*/*`)).toContain('Description=their broker')
    expect((await run(node, '')).stdout).toContain('Nothing to do')

    expect((await node.run('edgekit uninstall --yes')).exitCode).toBe(exitCodes.ok)
    expect(await node.read(paths.brokerUnit)).toBe(unit)
    // systemd counts their program as started before it listens.
    expect(
      await node.sh(
        "systemctl is-active mosquitto; until ss -Hltnp 'sport = :1883' | grep perl; do sleep 0.1; done",
      ),
    ).toMatch(/^active\n.*perl/)
  })
})

// These do not depend on the release.
describe.concurrent.each(releases.slice(0, 1))('one node: %s', release => {
  test('a dry run shows everything and changes nothing', async () => {
    await using node = await startNodeWithBundle({ release })
    await node.sh('mkdir -p /etc/kubeedge/config')
    await node.write(
      paths.edgecoreConfig,
      'modules:\n  edgeHub:\n    token: very.secret.old.token\n  eventBus:\n    mqttMode: 0 # theirs\n',
      0o600,
    )
    const before = await stateOf(node)
    const titles = await run(node, '--dry-run --node-name edge-7')
    expect(titles.stdout).toContain('Write /etc/systemd/system/mosquitto.service\n')
    expect(titles.stdout).toContain('Nothing was changed. Add --diff to see the contents.')
    expect(titles.stdout).not.toMatch(/^[-+]|sha256/m)
    const shown = await run(node, '--dry-run --diff --node-name edge-7')
    expect(shown.stdout).toContain('+++ /etc/systemd/system/mosquitto.service')
    expect(shown.stdout).toContain('-    mqttMode: 0 # theirs\n+    mqttMode: 2 # theirs')
    expect(shown.stdout).toContain('+    hostnameOverride: edge-7')
    expect(shown.stdout).toMatch(/new: \d+ bytes, sha256 [0-9a-f]{64}/)
    expect(shown.stdout).toContain('Nothing was changed.')
    expect(shown.exitCode).toBe(exitCodes.ok)
    const data = await run(node, '--dry-run --json')
    expect(jsonOutput('install-dry-run', data.stdout)).toMatchObject({
      schemaVersion: 1,
      dryRun: true,
      plan: { undo: [], changes: expect.arrayContaining([expect.objectContaining({ kind: 'file' })]) },
    })
    expect(shown.stdout + data.stdout).not.toContain('secret')
    expect(await stateOf(node)).toEqual(before)
  })

  test('an up-to-date node has an empty plan; invalid usage is refused first', async () => {
    await using node = await startInstalledNode(release)
    await node.write('/root/answers.yaml', 'nodename: x\n')
    const before = await stateOf(node)
    const { exitCode, stdout } = await node.run(`cd ${bundleOnNode} && ./edgekit install --dry-run --json`)
    expect(jsonOutput('install-dry-run', stdout).plan).toEqual({ undo: [], changes: [], kept: [] })
    expect(exitCode).toBe(exitCodes.ok)
    for (const [args, message] of [
      [`--token ${token}`, 'cannot take a token on the command line'],
      ['--token-file /root/none', 'cannot read --token-file /root/none: no such file'],
      ['--cloudcore 192.0.2.1', 'expected HOST:PORT'],
      ['--node-name Edge_1', 'invalid --node-name Edge_1: expected a DNS name'],
      ['--ignore bandwidth', 'unknown check "bandwidth"'],
      ['--set modules.edgeHub.token=x', 'is a secret'],
      ['--set modules.edgeHub.heartBeats=9', 'did you mean modules.edgeHub.heartbeat?'],
      ['--set modules.edged.containerRuntime=remote', 'does not read this key; v1.17 was the last that did'],
      ['--force=modules.future.on', 'cannot replace modules.future.on: this install does not write it'],
      [
        '--config /root/answers.yaml',
        '/root/answers.yaml:1:1: unknown key "nodename", did you mean "nodeName"?',
      ],
    ]) {
      const { exitCode, stdout, stderr } = await run(node, args as string)
      expect(flat(stderr)).toContain(message)
      expect(stdout + stderr).not.toContain(token)
      expect(exitCode, args).toBe(exitCodes.usage)
    }
    const forced = '--dry-run --diff --set modules.future.on=true --force=modules.future.on'
    expect((await run(node, forced)).stdout).toContain('+  future:')
    expect(await stateOf(node)).toEqual(before)
  })

  test('--no-edgecore is remembered when a killed install is finished', async () => {
    await using node = await startNodeWithBundle({ release })
    await node.run(
      `cd ${bundleOnNode} && { ./edgekit install --no-edgecore 2> >(tee /tmp/out >&2) & }; edgekit=$!
       until grep -q 'Write /etc/systemd/system/mosquitto.service' /tmp/out; do sleep 0.05; done
       kill -9 $edgekit`,
      { timeoutMs: 2 * minutes },
    )
    const { exitCode, stdout, stderr } = await run(node, '')
    expect(stderr).toContain('Plan how to finish the interrupted install')
    expect(stdout).toContain('This node works.')
    expect(exitCode).toBe(exitCodes.ok)
    expect(
      await node.sh(
        'systemctl is-active mosquitto; ls /etc/kubeedge /usr/local/bin/edgecore 2>/dev/null; true',
      ),
    ).toBe('active')
    expect((await run(node, '')).stdout).toContain('Nothing to do')
    expect((await node.run('edgekit doctor --tag checklist')).exitCode).toBe(exitCodes.ok)
  })

  test('--adopt uses what exists', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const unit = [
      '[Service]',
      'ExecStartPre=-/usr/bin/ctr -n k8s.io containers rm theirs',
      'ExecStart=/usr/bin/ctr -n k8s.io run --rm --net-host --mount type=bind,src=/etc/theirs,dst=/theirs,options=rbind:ro docker.io/library/eclipse-mosquitto:2.0 theirs /usr/sbin/mosquitto -c /theirs/mosquitto.conf',
      '[Install]',
      'WantedBy=multi-user.target',
    ].join('\n')
    const unitPath = '/lib/systemd/system/mosquitto.service'
    await node.sh('mkdir /etc/theirs')
    await node.write('/etc/theirs/mosquitto.conf', 'listener 1883 127.0.0.1\nallow_anonymous true\n')
    await node.write(unitPath, unit)
    await node.sh(
      `cp ${bundleOnNode}/bin/edgecore ${paths.edgecore}; echo >>${paths.edgecore}; systemctl daemon-reload`,
    )
    const theirs = await node.sh(`sha256sum ${paths.edgecore}`)
    const { exitCode, stdout } = await run(node, '--adopt')
    expect(stdout).toContain(`Keeping existing ${paths.edgecore}`)
    expect(stdout).toContain('This node works.')
    expect(exitCode).toBe(exitCodes.ok)
    expect(await node.sh(`sha256sum ${paths.edgecore}`)).toBe(theirs)
    expect(await node.sh('systemctl show mosquitto --value --property=FragmentPath')).toMatch(
      /\/lib\/systemd/,
    )
    const { items } = JSON.parse(await node.read(paths.receipt))
    expect(items).toContainEqual(expect.objectContaining({ id: paths.edgecore, ownership: 'adopted' }))
    expect((await run(node, '')).stdout).toContain('Nothing to do')
  })
})
