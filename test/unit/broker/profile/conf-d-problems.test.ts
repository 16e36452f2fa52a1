import { expect, test } from 'vitest'
import { confDProblems, confDProblemsOf } from '../../../../src/broker/profile/conf-d-problems.ts'
import { paths } from '../../../../src/node/paths.ts'
import { type TinyNode, tinyNode } from '../../actions/tiny-node.ts'

test.each([
  ['log_type all', undefined],
  ['# listener 1884', undefined],
  ['', undefined],
  ['listener 1884 0.0.0.0', 'listeners are settings of edgekit'],
  ['  port 1884', 'listeners are settings of edgekit'],
  ['bind_address 0.0.0.0', 'listeners are settings of edgekit'],
  ['per_listener_settings true', 'the options of edgekit are for all listeners'],
  ['per_listener_settings false', undefined],
  ['allow_anonymous true', 'anyone on the network could publish without a password'],
  ['allow_anonymous false', undefined],
  ['password_file /mosquitto/config/passwd2', 'edgekit keeps users and rules in its own files'],
  ['acl_file /mosquitto/config/acl2', 'edgekit keeps users and rules in its own files'],
  ['persistence_location /data/', 'the broker can write only below /mosquitto/data'],
  ['persistence_location /mosquitto/data/more/', undefined],
  ['persistence_location /mosquitto/data2', 'the broker can write only below /mosquitto/data'],
  ['pid_file /var/run/mosquitto.pid', 'the broker can write only below /mosquitto/data'],
  ['log_dest file /mosquitto/log/mosquitto.log', 'the broker can write only below /mosquitto/data'],
  ['log_dest file /mosquitto/data/mosquitto.log', undefined],
  ['log_dest syslog', undefined],
  ['constructor x', undefined],
  ['__proto__ x', undefined],
])('%s', (text, reason) => {
  const problems = confDProblems(`# a comment\n${text}\n`, '/a.conf')
  expect(problems).toEqual(
    reason === undefined ? [] : [{ path: '/a.conf', line: 2, text: text.trim(), reason }],
  )
})

const mine = `${paths.brokerConfD}/mine.conf`
const linked = 'it is a symbolic link, which leads elsewhere in the container'

test.each<[string, (node: TinyNode) => Promise<unknown>, string | undefined]>([
  ['a file of root', node => node.put(mine, 'log_type all\n'), undefined],
  ['a link to a secret of root', node => node.files.link(mine, '/etc/shadow'), linked],
  ['a link to a device without end', node => node.files.link(mine, '/dev/zero'), linked],
  ['a link to itself', node => node.files.link(mine, 'mine.conf'), linked],
  ['a link to nothing', node => node.files.link(mine, '/nowhere'), linked],
  ['a directory', node => node.put(`${mine}/x`, ''), 'it is not a regular file'],
  [
    'a huge file',
    node => node.put(mine, '#'.repeat(1_000_001)),
    'it has 1000001 bytes, the limit is 1000000',
  ],
  [
    'a file that everybody can change',
    node => node.put(mine, '', 0o666),
    'others than root can change it: mode 666, user 0, group 0',
  ],
])('%s in conf.d', async (_, prepare, reason) => {
  const node = await tinyNode()
  await node.put(`${paths.brokerConfD}/README`, 'listener 1')
  await prepare(node)
  expect(await confDProblemsOf(node.files)).toEqual(
    reason === undefined ? [] : [{ path: mine, line: 1, text: mine, reason }],
  )
})

test('a pipe in conf.d is not opened', async () => {
  const node = await tinyNode()
  await node.put(mine, '')
  const files = {
    ...node.files,
    status: async () => ({ kind: 'other' as const, mode: 0o644, uid: 0, gid: 0, size: 0 }),
  }
  const read = () => Promise.reject(new Error('opened'))
  expect(await confDProblemsOf({ ...files, read })).toMatchObject([{ reason: 'it is not a regular file' }])
})

test('a file of another user in conf.d is one that others can change', async () => {
  const node = await tinyNode()
  await node.put(mine, '')
  const files = {
    ...node.files,
    status: async () => ({ kind: 'file' as const, mode: 0o644, uid: 1000, gid: 0, size: 0 }),
  }
  expect(await confDProblemsOf(files)).toMatchObject([
    { reason: 'others than root can change it: mode 644, user 1000, group 0' },
  ])
})

test('a name with a line feed stays on one line, and a long line is cut', async () => {
  const node = await tinyNode()
  await node.put(`${paths.brokerConfD}/a\nedgekit: all is well.conf`, `listener ${'1'.repeat(5000)}`)
  const [problem] = await confDProblemsOf(node.files)
  expect(problem?.path).toBe(`${paths.brokerConfD}/a\\nedgekit: all is well.conf`)
  expect(problem?.text).toHaveLength(201)
})
