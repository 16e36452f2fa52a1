import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { edgekitExecutable } from '../../lab/bundles/executable.ts'
import { startInstalledNode } from '../../lab/machine/installed.ts'
import type { LabNode } from '../../lab/machine/node.ts'
import { releases } from '../../lab/machine/tree.ts'
import { paths } from '../../src/node/paths.ts'
import { formatNames } from '../../src/ui/report/formats.ts'
import { jsonOutput } from '../json-output.ts'

/** A different secret per source, so that a failure shows its source. */
const canary = (source: string): string => `Zk9canary-${source}-7Q`

/** Writes a line to the journal of a unit, as if its program had logged it. */
const logged = (unit: string, message: string): string =>
  `printf '%s\\n' 'MESSAGE=${message}' 'OBJECT_SYSTEMD_UNIT=${unit}' | logger --journald`

async function plantSecrets(node: LabNode): Promise<string[]> {
  const sources = [
    'config',
    'password',
    'conf',
    'unit',
    'proxy',
    'log-token',
    'log-payload',
    'log-bearer',
    'log-basic',
    'log-password',
    'runtime',
    'journal',
    'registry-login',
    'registry-header',
    'plugin-option',
    'old-option',
    'variable',
    'hosts-comment',
    'log-cookie',
    'log-docker',
    'log-signature',
    'log-sentence',
    'log-login',
    'log-body',
  ]
  await node.sh(
    [
      `sed -i 's|^  edgeHub:|  edgeHub:\\n    token: ${canary('config')}|; s|^  eventBus:|  eventBus:\\n    mqttPassword: "${canary('password')}"|' ${paths.edgecoreConfig}`,
      `printf 'connection x\\naddress 192.0.2.1\\nremote_password ${canary('conf')}\\n#plugin_opt_secret ${canary('old-option')}\\n' >>${paths.brokerConfig}`,
      'mkdir -p /etc/systemd/system/mosquitto.service.d',
      `printf '[Service]\\nEnvironment="MQTT_SECRET=${canary('unit')}" MQTT_PASS=${canary('variable')} HTTPS_PROXY=http://joe:${canary('proxy')}@proxy:3128\\n' >/etc/systemd/system/mosquitto.service.d/20-site.conf`,
      'systemctl daemon-reload',
      logged('edgecore.service', `panic: token ${canary('log-token')} credentials are in the wrong format`),
      logged(
        'edgecore.service',
        `W1121 10:00:00.000000       1 context_channel.go:179] The module eventbus message channel is full, message: {"x":"${canary('log-payload')}"}`,
      ),
      logged('mosquitto.service', `Authorization: Bearer ${canary('log-bearer')}`),
      logged('mosquitto.service', `Proxy-Authorization: Basic ${canary('log-basic')}`),
      logged('mosquitto.service', `password=${canary('log-password')} used, and again ${canary('config')}`),
      `echo '192.0.2.9 cloud # ${canary('hosts-comment')}' >>/etc/hosts`,
      logged('edgecore.service', `Set-Cookie: session=${canary('log-cookie')}; Path=/`),
      logged('edgecore.service', `{"auths":{"r.example":{"auth":"${canary('log-docker')}"}}}`),
      logged('edgecore.service', `GET https://s.example/x?sv=1&sig=${canary('log-signature')}&se=2`),
      logged('edgecore.service', `the password is ${canary('log-sentence')}`),
      logged('edgecore.service', `connect to joe:${canary('log-login')}@broker.example`),
      logged('edgecore.service', `I1121 10:00:00.000000       1 x.go:1] body {"x":"${canary('log-body')}"}`),
      'openssl ecparam -name prime256v1 -genkey -noout >/root/key.pem 2>/dev/null || :',
      `mkdir -p /etc/containerd; printf '[plugins."io.containerd.grpc.v1.cri".registry.configs."r.example".auth]\\npassword = "${canary('runtime')}"\\nauth = "${canary('registry-login')}"\\n[plugins."io.containerd.grpc.v1.cri".registry.headers]\\nX-Key = ["${canary('registry-header')}"]\\n' >>/etc/containerd/config.toml`,
      `echo '{"token":"${canary('journal')}"}' >/var/lib/edgekit/journal.jsonl`,
      // The broker would not start with it, but is not restarted.
      `printf 'auth_opt_pg_password ${canary('plugin-option')}\\n' >>${paths.brokerConfig}`,
      // The broker check now fails and shows the end of the journal as evidence.
      'systemctl stop mosquitto',
    ].join('\n'),
  )
  return sources.map(canary)
}

describe.concurrent.each(releases)('%s', release => {
  test('a support archive contains no secrets and gives the same report on another machine', async ({
    onTestFinished,
  }) => {
    await using node = await startInstalledNode(release)
    const secrets = await plantSecrets(node)
    const shown = await node.run('edgekit doctor --collect /root/support.tar.gz --json')
    const report = jsonOutput('report', shown.stdout)
    expect(shown.exitCode).toBe(3)
    expect(report.causes).toContain('broker-active')
    expect(await node.sh('stat -c %a /root/support.tar.gz')).toBe('600')

    const outputs = [shown.stdout, shown.stderr]
    for (const format of formatNames)
      outputs.push((await node.run(`edgekit doctor --output ${format}`)).stdout)
    for (const secret of secrets)
      expect(
        outputs.filter(text => text.includes(secret)),
        secret,
      ).toEqual([])

    const scratch = await mkdtemp(join(tmpdir(), 'edgekit-support-'))
    onTestFinished(() => rm(scratch, { recursive: true, force: true }))
    const archive = join(scratch, 'support.tar.gz')
    await execa('cp', [join(node.root, 'root/support.tar.gz'), archive])
    await execa('tar', ['xzf', archive, '-C', scratch])
    const { stdout: all } = await execa('grep', ['-r', '', join(scratch, 'edgekit-support')])
    for (const secret of secrets)
      expect(
        all.split('\n').filter(line => line.includes(secret)),
        secret,
      ).toEqual([])
    // The text around each secret proves that it was collected.
    for (const around of [
      'token: ***',
      'mqttPassword: "***"',
      'remote_password ***',
      'MQTT_SECRET=***',
      'http://***@proxy:3128',
      'token *** credentials are in the wrong format',
      'message channel is full, message: ***',
      'password = ***',
      'auth = ***',
      'X-Key = ***',
      'auth_opt_pg_password ***',
      'MQTT_PASS=***',
      '&sig=***&se=2',
      '{"token":"***"}',
    ]) {
      expect(all).toContain(around)
    }
    const read = async (name: string) =>
      JSON.parse(await readFile(join(scratch, 'edgekit-support', name), 'utf8'))
    const masked = (await read('redacted.json')) as { file: string }[]
    expect([...new Set(masked.map(({ file }) => file))]).toEqual(
      expect.arrayContaining(['config/edgecore.yaml', 'config/mosquitto.conf', 'journal/edgecore.log']),
    )
    const missing = ((await read('contents.json')) as { file: string; failure?: string }[]).filter(
      ({ failure }) => failure,
    )
    expect(missing.map(({ file }) => file)).toEqual([])

    const elsewhere = await execa(await edgekitExecutable(), ['doctor', '--from', archive, '--json'], {
      reject: false,
    })
    expect(JSON.parse(elsewhere.stdout)).toEqual(report)
    expect(elsewhere.exitCode).toBe(3)

    // An unprivileged user gets an archive too, with fewer checks.
    const nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups'
    const seen = await node.run(`cd /tmp && ${nobody} edgekit doctor --collect /tmp/nobody.tar.gz`)
    expect(seen.stdout).toContain('running-as-root')
    expect(seen.exitCode).toBe(5)
    expect(await node.sh('tar tzf /tmp/nobody.tar.gz')).toContain('edgekit-support/facts.json')
    const config = await node.run('tar xzOf /tmp/nobody.tar.gz edgekit-support/config/edgecore.yaml')
    expect(config.exitCode, 'readable only by root').not.toBe(0)
  })
})
