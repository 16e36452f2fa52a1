import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  bundleOnNode,
  install,
  startInstalledNode,
  startNodeWithBundle,
} from '../../lab/machine/installed.ts'
import { snapshot } from '../../lab/machine/snapshot.ts'
import { inTurn, releases } from '../../lab/machine/tree.ts'
import { exitCodes } from '../../src/lib/exit-codes.ts'
import { paths } from '../../src/node/paths.ts'
import { hostArch } from '../../tools/node-runtime.ts'
import { jsonOutput } from '../json-output.ts'
import { besidesProgress } from '../progress.ts'

const minutes = 60_000

describe.concurrent.each(releases)('%s', release => {
  test('a blank node becomes an edge node, and a second install changes nothing', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })

    const first = await node.run(install, { timeoutMs: 2 * minutes })
    expect(besidesProgress(first.stderr)).toBe('')
    expect(first.exitCode).toBe(exitCodes.ok)
    expect(first.stdout).toContain('This node works.')

    // Verified without edgekit.
    expect(await node.sh('systemctl is-active mosquitto edgecore')).toBe('active\nactive')
    expect(await node.sh('systemctl is-enabled mosquitto edgecore')).toBe('enabled\nenabled')
    expect(await node.sh("ss -Hltn 'sport = :1883' | awk '{print $4}'")).toBe('127.0.0.1:1883')
    expect(await node.sh('journalctl -u mosquitto -o cat')).toMatch(
      /as hub-client-sub-\d+[\s\S]*as hub-client-pub-\d+/,
    )
    expect(await node.sh('ctr -n k8s.io images ls')).toMatch(
      /eclipse-mosquitto:2\.0 .*io\.cri-containerd\.pinned=pinned/,
    )
    expect(await node.read(paths.edgecoreConfig)).toMatch(new RegExp(`hostnameOverride: ${node.name}`))

    const before = await snapshot(node)
    const second = await node.run(install)
    expect(second.stdout).toContain('Nothing to do: this node is up to date.')
    expect(second.exitCode).toBe(exitCodes.ok)
    expect(await snapshot(node)).toEqual(before)
    const third = await node.run(`${install} --json`)
    expect(jsonOutput('install', third.stdout).done).toEqual([])
    const broker = async (command: string) => (await node.run(`edgekit broker ${command} --json`)).stdout
    const image = await node.sh("sed --quiet 's/.*prepare-broker //p' /etc/systemd/system/mosquitto.service")
    expect(jsonOutput('broker-image', await broker(`image ${image}`))).toMatchObject({ imported: false })
    expect(jsonOutput('broker-wait', await broker('wait'))).toMatchObject({ schemaVersion: 1 })

    const doctor = await node.run('edgekit doctor')
    expect(doctor.stdout).toContain('This node works.')
    expect(doctor.exitCode).toBe(exitCodes.ok)
  })

  test('broker and EdgeCore start in order at boot', async () => {
    await using node = await startInstalledNode(release)
    const started = async (unit: string, property: string) => {
      const microseconds = Number(await node.sh(`systemctl show ${unit} --value --property=${property}`))
      expect(microseconds, `${unit} ${property}`).toBeGreaterThan(0)
      return microseconds
    }
    expect(await started('containerd', 'ActiveEnterTimestampMonotonic')).toBeLessThanOrEqual(
      await started('mosquitto', 'ExecMainStartTimestampMonotonic'),
    )
    // The broker counts as started when it answers MQTT; EdgeCore's process starts after that.
    expect(await started('mosquitto', 'ActiveEnterTimestampMonotonic')).toBeLessThanOrEqual(
      await started('edgecore', 'ExecMainStartTimestampMonotonic'),
    )
  })

  test('systemd verifies the units without a warning', async () => {
    await using node = await startInstalledNode(release)
    expect(await node.run('systemd-analyze verify mosquitto.service edgecore.service')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: '',
    })
  })

  const damages = [
    [
      'one flipped byte',
      'printf X | dd of=bin/edgecore bs=1 seek=1000000 conv=notrunc status=none',
      /bin\/edgecore has sha256 [0-9a-f]{64}, expected/,
    ],
    [
      'a truncated file',
      'truncate -s 1000 images/eclipse-mosquitto-2.0.tar',
      /images\/eclipse-mosquitto-2\.0\.tar has 1000 bytes, expected \d+/,
    ],
    ['a missing file', 'rm systemd/edgecore.service', /systemd\/edgecore\.service is missing/],
    [
      'a truncated edgekit',
      'truncate -s 1000 bin/edgekit',
      /bin\/edgekit in \/root\/bundle is damaged: cksum \d+ \d+, expected \d+ \d+/,
    ],
    [
      'one flipped byte in its edgekit',
      'printf X | dd of=bin/edgekit bs=1 seek=40000000 conv=notrunc status=none',
      /bin\/edgekit in \/root\/bundle is damaged/,
    ],
    [
      'a damaged manifest',
      'truncate -s 500 bundle.json',
      /\/root\/bundle is damaged: bundle\.json: not valid JSON/,
    ],
  ] as const
  test.each(inTurn(damages, release))(
    'refuses a bundle with %s and changes nothing',
    async (_, damage, message) => {
      await using node = await startNodeWithBundle({ release, certificates: true })
      await node.sh(`cd ${bundleOnNode} && ${damage}`)
      const before = await snapshot(node)
      const { exitCode, stderr } = await node.run(install)
      expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message)
      expect(stderr).toContain('What to do: ')
      expect(exitCode).toBe(exitCodes.refused)
      expect(await snapshot(node)).toEqual(before)
    },
  )

  test('does not overwrite a foreign file', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    await node.write(paths.edgecore, '#!/bin/sh\necho mine\n', 0o755)
    const before = await snapshot(node)
    const { exitCode, stderr } = await node.run(install)
    expect(stderr).toContain(paths.edgecore)
    expect(exitCode).toBe(exitCodes.refused)
    expect(await snapshot(node)).toEqual(before)
  })

  test('rolls back a failure halfway', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    // An existing drop-in makes the broker's unit fail.
    await node.sh('mkdir -p /etc/systemd/system/mosquitto.service.d')
    await node.write(
      '/etc/systemd/system/mosquitto.service.d/50-broken.conf',
      '[Service]\nExecStartPre=/bin/false\n',
    )
    const before = await snapshot(node)
    const { exitCode, stderr } = await node.run(install, { timeoutMs: 2 * minutes })
    expect(stderr).toContain('install failed; all changes were rolled back')
    expect(stderr).toMatch(/cannot start mosquitto\.service/)
    expect(exitCode).toBe(exitCodes.rolledBack)
    expect(await snapshot(node)).toEqual(before)
  })

  test('rolls back a failure after the broker has started', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    // There is no space for EdgeCore.
    await node.sh('mount -t tmpfs -o size=20m tmpfs /usr/local/bin')
    const before = await snapshot(node)
    const { exitCode, stderr } = await node.run(`${install} --ignore disk-space`, { timeoutMs: 2 * minutes })
    expect(stderr).toContain('Wait for the broker on 127.0.0.1:1883')
    expect(stderr).toMatch(/no space left on device/)
    expect(exitCode).toBe(exitCodes.rolledBack)
    expect(await snapshot(node)).toEqual(before)
  })

  test('does not replace a foreign image of the same name', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const name = 'docker.io/library/eclipse-mosquitto:2.0'
    await node.sh(
      [
        `ctr -n k8s.io images import --platform linux/${hostArch()} ${bundleOnNode}/images/eclipse-mosquitto-2.0.tar`,
        `ctr -n k8s.io images convert --platform linux/${hostArch()} --uncompress ${name} example.com/theirs:1`,
        `ctr -n k8s.io images rm ${name}`,
        `ctr -n k8s.io images tag example.com/theirs:1 ${name}`,
      ].join(' && '),
    )
    const before = await snapshot(node)
    const { exitCode, stderr } = await node.run(install)
    expect(stderr).toContain(name)
    expect(exitCode).toBe(exitCodes.refused)
    expect(await snapshot(node)).toEqual(before)
  })

  test('does not touch an edgecore.yaml that is a link', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    await node.write('/srv/edgecore.yaml', 'modules: {}\n', 0o600)
    await node.sh(`mkdir -p /etc/kubeedge/config && ln -s /srv/edgecore.yaml ${paths.edgecoreConfig}`)
    const before = await snapshot(node)
    const { exitCode, stderr } = await node.run(install)
    expect(stderr).toContain(paths.edgecoreConfig)
    expect(exitCode).toBe(exitCodes.refused)
    expect(await snapshot(node)).toEqual(before)
  })

  test('a node joined by keadm keeps its unit, program and the rest of its configuration', async () => {
    await using node = await startNodeWithBundle({ release, certificates: true })
    const unit =
      '[Unit]\nDescription=edgecore.service\n\n[Service]\nType=simple\nExecStart=/usr/local/bin/edgecore\nRestart=always\nRestartSec=10\n\n[Install]\nWantedBy=multi-user.target\n'
    const config = `# ours\nmodules:\n  edged:\n    hostnameOverride: ${node.name}\n  eventBus:\n    mqttMode: 0 # theirs\n`
    await node.write('/etc/systemd/system/edgecore.service', unit)
    await node.write(paths.edgecoreConfig, config, 0o600)
    await node.sh(
      `cp ${bundleOnNode}/bin/edgecore ${paths.edgecore}; systemctl daemon-reload; systemctl enable --now edgecore`,
    )
    const { exitCode, stdout } = await node.run(install, { timeoutMs: 2 * minutes })
    expect(stdout).toContain('This node works.')
    expect(exitCode).toBe(exitCodes.ok)
    expect(await node.read('/etc/systemd/system/edgecore.service')).toBe(unit)
    expect(await node.sh('systemctl show edgecore --value --property=After')).toContain('mosquitto.service')
    expect((await node.run(install)).stdout).toContain('Nothing to do')
  })

  test('a new node without the address of its cloud and a token is refused', async () => {
    await using node = await startNodeWithBundle({ release })
    const before = await snapshot(node)
    for (const [flags, words] of [
      ['', /neither cloud nor token .* --cloudcore HOST:10000 --token-file FILE .*--stage.*--no-edgecore/],
      ['--dry-run', /neither cloud nor token/],
      ['--node-name edge-1', /neither cloud nor token/],
      ['--cloudcore 192.0.2.9:10000', /no token was given.* keadm gettoken/],
    ] as const) {
      const { exitCode, stderr } = await node.run(`${install} ${flags}`)
      expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(words)
      expect(exitCode, flags).toBe(exitCodes.usage)
    }
    // There is nothing to upgrade; this is found without the bundle.
    const { exitCode, stderr } = await node.run(
      `touch empty.tar.gz && ${bundleOnNode}/edgekit upgrade empty.tar.gz`,
    )
    expect(stderr).toContain('edgekit has installed nothing on this machine')
    expect(exitCode).toBe(exitCodes.usage)
    await node.sh('rm empty.tar.gz')
    expect(await snapshot(node)).toEqual(before)
  })

  test('installs a node whose cloud cannot be reached, and the checklist shows what is missing', async () => {
    await using node = await startNodeWithBundle({ release })
    // It expires in 2100.
    const token = `${'ab'.repeat(32)}.eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjQxMDI0NDQ4MDB9.dG9wLXNlY3JldA`
    const { exitCode, stdout } = await node.run(
      `echo ${token} >token; ${install} --cloudcore 192.0.2.9:10000 --token-file /root/token`,
      { timeoutMs: 2 * minutes },
    )
    expect(exitCode).toBe(exitCodes.checklistFailed)
    expect(stdout).toMatch(/FAIL\s+edgecore\.service is active[\s\S]*What to do/)
    expect(stdout).toMatch(/ok\s+broker: \d+ checks/)
    // systemd restarts EdgeCore every 10 s; at any moment of that an install has nothing to do.
    for (let times = 0; times < 4; times++) {
      const again = await node.run(install)
      expect(again.stdout).toContain('Nothing to do')
      expect(again.exitCode).toBe(exitCodes.checklistFailed)
      await sleep(2_500)
    }
    expect(await node.run('systemctl is-active edgecore')).not.toMatchObject({ stdout: 'inactive' })
  })

  test('errors show what to type', async () => {
    await using node = await startNodeWithBundle({ release })
    const run = (args: string) => node.run(`cd ${bundleOnNode} && ./edgekit ${args}`)
    expect((await run('')).stdout).toMatch(/install .*\n/)
    const mistyped = await run('instal')
    expect(mistyped.stderr).toContain('did you mean "install"?')
    expect(mistyped.exitCode).toBe(exitCodes.usage)
    expect((await run('install /nowhere')).stderr).toContain(
      'cannot find a bundle at /nowhere: no such file or directory',
    )
    expect((await run('install /nowhere')).exitCode).toBe(exitCodes.usage)
    expect((await run('doctor')).stdout).toContain('Cause: nothing is installed')
  })
})
