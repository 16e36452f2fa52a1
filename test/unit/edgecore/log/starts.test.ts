import { describe, expect, test } from 'vitest'
import { finish, klog, readSaved, start, version } from './klog-lines.ts'

const of = (pid: number) => (line: string) => `Jan 02 12:00:01 edge-1 edgecore[${pid}]: ${line}`
const systemd = 'Jan 02 12:00:02 edge-1 systemd[1]: '
const started = `${systemd}Started edgecore.service - KubeEdge EdgeCore (installed by edgekit).`
const crash = [version({ pid: 77 }), klog('boom', { severity: 'F', pid: 77 })].map(of(77))
const up = [version({ pid: 77 }), ...['sub', 'pub'].map(role => finish(role, { pid: 77 }))].map(of(77))
const cannotExecute = [
  of(78)('edgecore.service: Failed at step EXEC spawning /usr/local/bin/edgecore: Permission denied'),
  `${systemd}edgecore.service: Main process exited, code=exited, status=203/EXEC`,
]

describe('a process that systemd started', () => {
  test.each<[string, string[], object]>([
    ['one that crashed', [started, ...crash], { starts: 1, fatal: { code: 'fatal' } }],
    [
      'that has logged nothing yet',
      [...crash, started],
      { starts: 2, eventBus: 'unknown', fatal: undefined, previousFatal: { code: 'fatal' } },
    ],
    ['that ended in silence', [...up, started, `${systemd}edgecore.service: …`], { eventBus: 'unknown' }],
    [
      'that could not be executed',
      [...crash, started, ...cannotExecute],
      { starts: 2, fatal: { code: 'exec-permission' } },
    ],
    [
      'that could not be executed twice',
      [started, ...cannotExecute, started, ...cannotExecute],
      { starts: 2, fatal: { code: 'exec-permission' }, previousFatal: { code: 'exec-permission' } },
    ],
    ['that logged before systemd did', [...up, started, ...up.slice(1)], { starts: 1, eventBus: 'up' }],
    [
      'after a reboot',
      [...crash, '-- Boot 0123456789abcdef --', started, ...up],
      { starts: 2, eventBus: 'up', fatal: undefined },
    ],
  ])('%s', (_, lines, expected) => {
    const { fatal, ...state } = readSaved(...lines)
    expect({ ...state, fatal }).toMatchObject(expected)
  })
})

describe('without systemd', () => {
  test('another process id is another start', () => {
    const state = readSaved(
      version({ pid: 1 }),
      klog('boom', { severity: 'F', pid: 1 }),
      version({ pid: 2 }),
      start('a', { pid: 2 }),
    )
    expect(state).toMatchObject({ starts: 2, eventBus: 'connecting', previousFatal: { code: 'fatal' } })
    expect(state.fatal).toBeUndefined()
  })

  test('a second version line is another start, where ids repeat', () => {
    expect(readSaved(version({ pid: 1 }), finish('sub', { pid: 1 }), version({ pid: 1 })).starts).toBe(2)
  })

  test('a log that begins in the middle of a life has no start', () => {
    expect(readSaved(finish('sub'), finish('pub'))).toMatchObject({ eventBus: 'up', starts: 0 })
  })

  test('the version is the first word after Version', () => {
    const line = klog('Version: v1.22.0 table `device` already exists, skip', { file: 'server.go' })
    expect(readSaved(line).version).toBe('v1.22.0')
  })
})
