import { expect, test } from 'vitest'
import { localSystemd, parseUnit, type UnitState } from '../../../src/node/systemd.ts'

// All taken from `systemctl show --property=…` of systemd 252.
const shows = {
  running: `Result=success
NRestarts=0
ExecStart={ path=/usr/local/bin/edgecore ; argv[]=/usr/local/bin/edgecore --config /etc/kubeedge/config/edgecore.yaml ; ignore_errors=no ; start_time=[Sat 2026-11-21 02:25:37 UTC] ; stop_time=[n/a] ; pid=665 ; code=(null) ; status=0/0 }
Id=edgecore.service
LoadState=loaded
ActiveState=active
SubState=running
FragmentPath=/etc/systemd/system/edgecore.service
DropInPaths=/etc/systemd/system/edgecore.service.d/10-edgekit.conf /etc/systemd/system/edgecore.service.d/override.conf
UnitFileState=enabled
ActiveEnterTimestampMonotonic=2930641433
NeedDaemonReload=no
`,
  restarting: `Result=exit-code
NRestarts=3
ExecStart={ path=ctr ; argv[]=ctr --namespace k8s.io run --rm --net-host --read-only --seccomp docker.io/library/eclipse-mosquitto:2.0 mosquitto /usr/sbin/mosquitto -c /mosquitto/config/mosquitto.conf ; ignore_errors=no ; start_time=[Sat 2026-11-21 02:24:37 UTC] ; stop_time=[Sat 2026-11-21 02:24:37 UTC] ; pid=641 ; code=exited ; status=1 }
Id=mosquitto.service
LoadState=loaded
ActiveState=activating
SubState=auto-restart
FragmentPath=/etc/systemd/system/mosquitto.service
DropInPaths=
UnitFileState=enabled
ActiveEnterTimestampMonotonic=2771521989
NeedDaemonReload=no
`,
  changed: `Result=success
NRestarts=0
ExecStart={ path=/usr/local/bin/edgecore ; argv[]=/usr/local/bin/edgecore --config /etc/kubeedge/config/edgecore.yaml ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
Id=edgecore.service
LoadState=loaded
ActiveState=inactive
SubState=dead
FragmentPath=/etc/systemd/system/edgecore.service
DropInPaths=/etc/systemd/system/edgecore.service.d/10-edgekit.conf
UnitFileState=enabled
ActiveEnterTimestampMonotonic=2930641433
NeedDaemonReload=yes
`,
  absent: `Result=success
NRestarts=0
Id=none.service
LoadState=not-found
ActiveState=inactive
SubState=dead
FragmentPath=
DropInPaths=
UnitFileState=
ActiveEnterTimestampMonotonic=0
NeedDaemonReload=no
`,
  masked: `Result=success
NRestarts=0
Id=systemd-timesyncd.service
LoadState=masked
ActiveState=inactive
SubState=dead
FragmentPath=/run/systemd/system/systemd-timesyncd.service
DropInPaths=
UnitFileState=masked-runtime
ActiveEnterTimestampMonotonic=0
NeedDaemonReload=no
`,
}

const directory = '/etc/systemd/system'
const edgecore = '/usr/local/bin/edgecore --config /etc/kubeedge/config/edgecore.yaml'

test.each<[keyof typeof shows, Partial<UnitState>]>([
  [
    'running',
    {
      name: 'x.service',
      load: 'loaded',
      active: 'active',
      sub: 'running',
      enabled: 'enabled',
      result: 'success',
      fragmentPath: `${directory}/edgecore.service`,
      dropIns: [
        `${directory}/edgecore.service.d/10-edgekit.conf`,
        `${directory}/edgecore.service.d/override.conf`,
      ],
      needsReload: false,
      restarts: 0,
      activeForMs: 2500,
      execStart: edgecore,
    },
  ],
  [
    'restarting',
    { active: 'activating', sub: 'auto-restart', result: 'exit-code', restarts: 3, activeForMs: undefined },
  ],
  ['changed', { active: 'inactive', needsReload: true, activeForMs: undefined, execStart: edgecore }],
  [
    'absent',
    {
      load: 'not-found',
      active: 'inactive',
      enabled: '',
      fragmentPath: '',
      dropIns: [],
      activeForMs: undefined,
      execStart: '',
    },
  ],
  ['masked', { load: 'masked', enabled: 'masked-runtime', execStart: '' }],
])('parses a unit that is %s', (state, expected) => {
  expect(parseUnit('x.service', shows[state], 2_930_641_433 + 2_500_000)).toMatchObject(expected)
})

test('queries several units with one call', async () => {
  const calls: (readonly string[])[] = []
  const run = async (_: string, args: readonly string[]) => {
    calls.push(args)
    return { exitCode: 0, stdout: `${shows.running}\n${shows.absent}\n${shows.masked}`, stderr: '' }
  }
  const systemd = localSystemd(
    { run, attempt: run },
    async () => true,
    async () => {},
  )
  const found = await systemd.units(['a.service', 'b.service', 'c.service'])
  expect(found.map(({ name, load }) => [name, load])).toEqual([
    ['a.service', 'loaded'],
    ['b.service', 'not-found'],
    ['c.service', 'masked'],
  ])
  expect(calls.length).toBe(1)
})

test.each([
  ['failed', 217, { code: 1, status: 217 }],
  ['succeeded', 0, undefined],
] as const)('a command before the main process that %s', (_, status, exit) => {
  const text = `ExecMainCode=0\nExecStartPre={ path=/bin/sh ; argv[]=/bin/sh -c x ; pid=7 ; code=exited ; status=${status} }`
  expect(parseUnit('edgecore.service', text, 0).exit).toEqual(exit)
})
