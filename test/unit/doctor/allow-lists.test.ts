import { expect, test } from 'vitest'
import { keepAllowed } from '../../../src/doctor/support/allow-lists.ts'

const canary = 'C4nary-5ecret'

test.each<[file: string, text: string, expected: string]>([
  ['config/mosquitto.conf', 'listener 1883 127.0.0.1', 'listener 1883 127.0.0.1'],
  ['config/mosquitto.conf', '  max_connections 512', '  max_connections 512'],
  ['config/mosquitto.conf', `auth_opt_pg_password ${canary}`, 'auth_opt_pg_password ***'],
  ['config/mosquitto.conf', `plugin_opt_dsn ${canary} x`, 'plugin_opt_dsn ***'],
  ['config/mosquitto.conf', `bridge_psk ${canary}`, 'bridge_psk ***'],
  ['config/mosquitto.conf', `# auth_opt_jwt_secret ${canary}`, '#'],
  ['config/hosts', `127.0.0.1 localhost # ${canary}`, '127.0.0.1 localhost #'],
  ['config/edgecore.yaml', `# old: ${canary}\na: b`, '#\na: b'],
  ['containerd/config.toml', `  auth = "${canary}"`, '  auth = ***'],
  ['containerd/config.toml', `  X-Registry = ["${canary}"]`, '  X-Registry = ***'],
  ['containerd/config.toml', canary, '***'],
  ['containerd/config.toml', '  SystemdCgroup = false', '  SystemdCgroup = false'],
  ['containerd/config.toml', '  sandbox_image = "pause:3.9"', '  sandbox_image = "pause:3.9"'],
  [
    'containerd/config.toml',
    '[plugins."io.containerd.grpc.v1.cri"]',
    '[plugins."io.containerd.grpc.v1.cri"]',
  ],
  ['units/mosquitto.txt', `Environment=MQTT_PASS=${canary} PATH=/bin`, 'Environment=MQTT_PASS=*** PATH=/bin'],
  [
    'units/mosquitto.txt',
    `Environment="SASKEY=${canary} x" 'A=${canary}'`,
    `Environment="SASKEY=***" 'A=***'`,
  ],
  ['units/mosquitto.txt', `Environment=A="${canary} x"`, 'Environment=A=***'],
  ['units/mosquitto.txt', `SetCredential=${canary}`, 'SetCredential=***'],
  ['units/mosquitto.txt', `# ${canary}`, '#'],
  [
    'units/mosquitto.txt',
    '# /etc/systemd/system/mosquitto.service',
    '# /etc/systemd/system/mosquitto.service',
  ],
  ['journal/mosquitto.log', `auth_opt_x ${canary}`, `auth_opt_x ${canary}`],
])('%s: %s', (file, text, expected) => {
  const hidden: string[] = []
  const hide = (value: string) => {
    hidden.push(value)
    return '***'
  }
  expect(keepAllowed(file, text, hide)).toBe(expected)
  expect(hidden.length > 0).toBe(expected.includes('***'))
})
