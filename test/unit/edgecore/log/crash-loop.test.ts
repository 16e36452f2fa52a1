import { describe, expect, test } from 'vitest'
import { connected, finish, klog, readSaved, version } from './klog-lines.ts'

const started = (pid: number, at: number) => version({ pid, at })
const isUp = (pid: number, at: number) => ['sub', 'pub'].map(role => finish(role, { pid, at }))
const csi = klog('Failed to initialize CSINode after retrying: timed out', {
  severity: 'F',
  file: 'csi_plugin.go',
  pid: 1,
  at: 27,
})
const noAnswer = klog(
  'failed to apply the edge certs, err: failed to get CA certificate, err: Get "https://192.0.2.1:10002/ca.crt": dial tcp 192.0.2.1:10002: i/o timeout',
  { severity: 'F', file: 'certmanager.go', pid: 1, at: 30 },
)
const syntax = klog('failed to unmarshal configfile x, err: error converting YAML to JSON: yaml: line 3: x', {
  severity: 'F',
  file: 'server.go',
  pid: 1,
  at: 0,
})

describe('a start after one that ended by itself', () => {
  test.each<[string, string[], string | undefined]>([
    [
      'looks healthy before the point where the one before ended',
      [started(1, 0), csi, started(2, 37), ...isUp(2, 38), klog('x', { pid: 2, at: 60 })],
      'never-joined',
    ],
    [
      'has lived twice as long',
      [started(1, 0), csi, started(2, 37), ...isUp(2, 38), klog('x', { pid: 2, at: 102 })],
      undefined,
    ],
    [
      'has no certificates either',
      [started(1, 0), noAnswer, started(2, 40), ...isUp(2, 40)],
      'cloud-timeout',
    ],
    [
      'is connected to the cloud, which the one before was not',
      [started(1, 0), noAnswer, started(2, 40), connected({ pid: 2, at: 41 })],
      undefined,
    ],
    [
      'is connected to the cloud, as the one before was',
      [started(1, 0), connected({ pid: 1, at: 1 }), csi, started(2, 37), connected({ pid: 2, at: 38 })],
      'never-joined',
    ],
    [
      'starts its modules, which the one before did not reach',
      [syntax, started(2, 10), klog('starting module eventbus', { file: 'core.go', pid: 2, at: 10 })],
      undefined,
    ],
    [
      'follows a life of more than ten minutes',
      [started(1, 0), klog('x', { severity: 'F', pid: 1, at: 700 }), started(2, 710)],
      undefined,
    ],
  ])('%s', (_, lines, code) => {
    const { previousFatal, hasRecovered } = readSaved(...lines)
    expect({ code: previousFatal?.code, hasRecovered }).toEqual({ code, hasRecovered: code === undefined })
  })

  test('three short lives without a stop signal are a loop', () => {
    const lives = [1, 2, 3].flatMap(pid => [
      started(pid, pid * 20),
      klog('some new error', { severity: 'E', file: 'new.go', pid, at: pid * 20 + 1 }),
    ])
    expect(readSaved(...lives).previousFatal).toMatchObject({
      code: 'restarting',
      text: expect.stringContaining('3 times in this log'),
      line: expect.stringContaining('some new error'),
    })
    const stop = klog('Get os signal terminated', { file: 'core.go', pid: 2, at: 42 })
    expect(readSaved(...lives.slice(0, 4), stop, ...lives.slice(4)).previousFatal).toBeUndefined()
  })
})
