import { describe, expect, test } from 'vitest'
import { klog, read, readSaved, start, version } from './klog-lines.ts'

const systemd = (text: string) => `Jan 02 12:00:20 edge-1 systemd[1]: ${text}`

describe('an exit', () => {
  test.each([
    ['F', 'new.go', 'never seen before', 'fatal'],
    ['E', 'edged.go', 'Start edged failed, err: something else', 'edged'],
    ['E', 'edged.go', 'init new edged error, something else', 'edged'],
    ['E', 'edged.go', 'initialize module error: something else', 'edged'],
    ['E', 'kubelet.go', '"Failed to start ContainerManager" err="x"', 'container-manager'],
    ['E', 'kubelet.go', '"Failed to start cAdvisor" err="x"', 'kubelet-modules'],
    ['E', 'kubelet.go', '"Kubelet failed to get node info" err="x"', 'kubelet-node-info'],
    ['E', 'kubelet.go', '"Failed to initialize internal modules" err="x"', 'kubelet-modules'],
    ['E', 'server.go', '"Failed to listen and serve" err="x"', 'kubelet-listen'],
    ['E', 'server.go', '"Failed to create a new kubelet configuration" err="x"', 'edged'],
    ['E', 'server.go', 'Failed to get IP address by custom interface eth9, err: x', 'no-address'],
    ['E', 'server.go', 'invalid node IP address specified: x', 'no-address'],
    ['E', 'eventbus.go', 'Launch internel mqtt broker failed, listen tcp', 'internal-broker'],
    ['E', 'client.go', `"Couldn't connect to docker" err="x"`, 'docker-down'],
    ['I', 'log.go', 'Failed to connect to DB: x', 'database'],
  ])('%s %s %s ends EdgeCore', (severity, file, message, code) => {
    expect(read(version(), klog(message, { severity, file })).fatal?.code).toBe(code)
  })

  test.each([
    ['E', 'other.go', 'Failed to serve something'],
    ['E', 'controller.go', 'Failed to ensure lease exists, will retry in 200ms'],
    ['W', 'edged.go', 'failed to get kubelet healthz syncloop, err: connection refused'],
    [
      'E',
      'kubelet.go',
      '"Image garbage collection failed once. Stats initialization may not have completed yet"',
    ],
  ])('%s %s %s does not', (severity, file, message) => {
    expect(read(version(), klog(message, { severity, file })).fatal).toBeUndefined()
  })

  test('is none when EdgeCore logs on for more than a second', () => {
    const failed = klog('"Failed to listen and serve" err="x"', { severity: 'E', file: 'server.go', at: 1 })
    expect(read(version({ at: 0 }), failed, klog('x', { at: 1.9 })).fatal?.code).toBe('kubelet-listen')
    expect(read(version({ at: 0 }), failed, klog('x', { at: 2.1 })).fatal).toBeUndefined()
  })

  test('an unknown panic keeps its words and leaves out its stack', () => {
    const state = read(version(), 'panic: boom', '', 'goroutine 7 [running]:', 'main.main()')
    expect(state.fatal).toMatchObject({ code: 'crash', text: 'panic: boom', line: 'panic: boom' })
  })

  test('what EdgeCore logs while it stops is none', () => {
    const state = read(
      version(),
      klog('Get os signal terminated', { file: 'core.go' }),
      klog('x', { severity: 'F' }),
    )
    expect(state).toMatchObject({ stopped: true })
    expect(state.fatal).toBeUndefined()
  })

  test('a certificate for another node name explains more than the missing one', () => {
    const mismatch = klog(
      'unable to get the current edge certs, reason: certificate CN system:node:edge-1 does not match node name edge-2',
      { severity: 'W' },
    )
    const panic = 'panic: failed to apply the edge certs, err: failed to get CA certificate'
    const state = read(version(), mismatch, panic, '', 'goroutine 1 [running]:')
    expect(state.fatal).toMatchObject({ code: 'certificate-name', line: mismatch })
    expect(state.fatal?.text).toContain('another node name (edge-1, not edge-2)')
    expect(state.fatal?.remedy).toContain('modules.edged.hostnameOverride')
  })

  test('a line that a terminal wrapped is read as one', () => {
    const state = read(
      version(),
      klog('Error: failed to get edge certificate from the cloudcore, error: x509: certificate is val', {
        severity: 'F',
      }),
      'id for 10.0.2.15, not 192.0.2.10',
    )
    expect(state.fatal?.code).toBe('cloud-certificate-address')
  })

  test('a list of mistakes is one record, whole', () => {
    const state = read(
      klog('[', { severity: 'F', file: 'server.go' }),
      '  config: Required value: config file /x not exist. For the configuration file format, please refer',
      ']',
    )
    expect(state).toMatchObject({ starts: 1, fatal: { code: 'config-missing' } })
    expect(state.fatal?.line).toMatch(/Required value.*\n]$/)
  })

  test("systemd's words are no part of a record", () => {
    const state = read(
      klog('boom', { severity: 'F' }),
      'edgecore.service: Main process exited, code=exited, status=255/EXCEPTION',
      'Stopped edgecore.service.',
    )
    expect(state.fatal?.line).toMatch(/boom$/)
  })
})

describe('an exit that only systemctl status shows', () => {
  test.each([
    [' Main PID: 7121 (code=exited, status=1/FAILURE)', 'exited'],
    ['   Main PID: 7121 (code=exited, status=203/EXEC)', 'exec'],
    ['   Main PID: 7121 (code=killed, signal=KILL)', 'killed'],
    ['   Main PID: 7121 (code=dumped, signal=SEGV)', 'crashed'],
    ['    Process: 7121 ExecStart=/usr/local/bin/edgecore (code=exited, status=1/F>', 'exited'],
  ])('%s', (line, code) => {
    const { fatal } = readSaved('● edgecore.service', '     Loaded: loaded', line)
    expect(fatal).toMatchObject({ code, line })
  })

  test.each([
    '   Main PID: 1650 (edgecore)',
    '   Main PID: 7121 (code=exited, status=0/SUCCESS)',
    '   Main PID: 7121 (code=killed, signal=TERM)',
  ])('%s is none', line => {
    expect(readSaved('● edgecore.service', line).fatal).toBeUndefined()
  })
})

describe('an exit that only systemd saw', () => {
  test.each([
    ['edgecore.service: Main process exited, code=exited, status=1/FAILURE', 'exited'],
    ['edgecore.service: Main process exited', 'exited'],
    ['edgecore.service: Main process exited, code=killed, status=9/KILL', 'killed'],
    ["edgecore.service: Failed with result 'oom-kill'.", 'oom-killed'],
    ['edgecore.service: Main process exited, code=exited, status=217/USER', 'unit-setup'],
    ['edgecore.service: Control process exited, code=exited, status=217/USER', 'unit-setup'],
    ['edgecore.service: Scheduled restart job, restart counter is at 7.', 'restarting'],
  ])('%s', (words, code) => {
    const last = klog('something went wrong', { severity: 'E' })
    const state = readSaved(version(), last, systemd(words))
    expect(state.fatal?.code).toBe(code)
    if (/^(?:exited|restarting)$/.test(code)) expect(state.fatal?.line).toBe(last)
  })

  test.each([
    'Stopping edgecore.service...',
    'edgecore.service: Main process exited, code=killed, status=15/TERM',
  ])('%s is a stop', words => {
    const state = readSaved(version(), start('hub-client-sub-1'), systemd(words))
    expect(state).toMatchObject({ stopped: true })
    expect(state.fatal).toBeUndefined()
  })
})
