import { expect, test } from 'vitest'
import { broker, brokerConfig, config, joining, token } from './changes.ts'
import { type Row, resultOf, testRows } from './rows.ts'

const rows: Row[] = [
  [
    'anonymous-access',
    'fail',
    'an anonymous endpoint',
    'anonymous clients can connect to 198.51.100.10:1885',
    node => node.anonymousEndpoints.value.push({ host: '198.51.100.10', port: 1885 }),
  ],
  [
    'anonymous-access',
    'fail',
    'an anonymous listener',
    'mosquitto.conf allows anonymous clients from the network',
    node =>
      brokerConfig(node).listeners.push({
        port: 8883,
        address: '',
        anonymous: true,
        tls: true,
        maxConnections: undefined,
      }),
  ],
  [
    'anonymous-access',
    'pass',
    'an authenticated listener',
    'all network listeners require authentication',
    node =>
      brokerConfig(node).listeners.push({
        port: 8883,
        address: '0.0.0.0',
        anonymous: false,
        tls: true,
        maxConnections: undefined,
      }),
  ],
  [
    'broker-plaintext',
    'warn',
    'listeners without TLS on the network',
    'clients can connect without TLS: 0.0.0.0:1883, 192.0.2.7:1884',
    node => {
      const plain = { anonymous: false, tls: false, maxConnections: undefined }
      brokerConfig(node).listeners.push(
        { port: 1883, address: '', ...plain },
        { port: 1884, address: '192.0.2.7', ...plain },
        { port: 8883, address: '192.0.2.7', ...plain, tls: true },
      )
    },
  ],
  [
    'broker-plaintext',
    'pass',
    'a listener with TLS',
    'all network listeners use TLS',
    node =>
      brokerConfig(node).listeners.push({
        port: 8883,
        address: '192.0.2.7',
        anonymous: false,
        tls: true,
        maxConnections: undefined,
      }),
  ],
  [
    'broker-confined',
    'fail',
    'root',
    'the broker has excess privileges: it runs as root',
    node => broker(node, { uid: 0 }),
  ],
  [
    'broker-confined',
    'fail',
    'no seccomp',
    'the broker has excess privileges: seccomp is off',
    node => broker(node, { seccomp: 0 }),
  ],
  [
    'broker-confined',
    'fail',
    'a writable root',
    'the broker has excess privileges: its root file system is writable',
    node => broker(node, { rootReadOnly: false }),
  ],
  [
    'broker-confined',
    'fail',
    'new privileges',
    'the broker has excess privileges: it can gain privileges (no_new_privs is off)',
    node => broker(node, { noNewPrivileges: false }),
  ],
  [
    'broker-confined',
    'fail',
    'capabilities',
    'the broker has excess privileges: it holds capabilities',
    node => broker(node, { capabilities: { effective: '00000000000000c0', bounding: '00000000000000c0' } }),
  ],
  [
    'broker-confined',
    'fail',
    'capabilities it can gain',
    'the broker has excess privileges: it can gain capabilities (00000000a80425fb)',
    node => broker(node, { capabilities: { effective: '0', bounding: '00000000a80425fb' } }),
  ],
  [
    'secret-files',
    'warn',
    'a world-readable key',
    'world-readable: /etc/kubeedge/certs/server.key',
    node => Object.assign(node.secretFiles.value[0] ?? {}, { mode: 0o644 }),
  ],
  [
    'secret-files',
    'warn',
    'a world-readable password file',
    'world-readable: /p',
    node =>
      brokerConfig(node).files.push({
        option: 'password_file',
        path: '/p',
        access: { mode: 0o644, uid: 1883, gid: 1883 },
      }),
  ],
  [
    'secret-files',
    'pass',
    'a world-readable certificate',
    '1 file',
    node =>
      brokerConfig(node).files.push({
        option: 'certfile',
        path: '/c',
        access: { mode: 0o644, uid: 1883, gid: 1883 },
      }),
  ],
  [
    'leftover-join-token',
    'warn',
    'in edgecore.yaml',
    'a join token is still in /etc/kubeedge/config/edgecore.yaml',
    config(token('a.b.c.d')),
  ],
  [
    'leftover-join-token',
    'warn',
    "in keadm's file",
    'a join token is still in /etc/kubeedge/bootstrap-edgecore.conf',
    node => (node.certificates.value.bootstrapFile = { set: true, parts: 4 }),
  ],
  ['leftover-join-token', 'skip', 'not joined', 'the node has not joined yet', joining(token('a.b.c.d'))],
]

testRows(rows)

test.each([
  ["the broker's own", 0o644, 1883, 0, 'chmod o= /p'],
  ["of the broker's group", 0o664, 0, 1883, 'chmod o= /p'],
  ["root's", 0o644, 0, 0, 'chgrp 1883 /p && chmod g+r,o= /p'],
  ["of the broker's group, which may not read it", 0o604, 0, 1883, 'chgrp 1883 /p && chmod g+r,o= /p'],
])('secret-files: the broker can still read a password file that is %s', (_, mode, uid, gid, command) => {
  const result = resultOf('secret-files', node =>
    brokerConfig(node).files.push({ option: 'password_file', path: '/p', access: { mode, uid, gid } }),
  )
  expect(result?.remedy?.commands).toEqual([command])
})
