import { describe, expect, test } from 'vitest'
import { error, finish, klog, lost, read, readSaved, start, version } from './klog-lines.ts'

describe('EventBus', () => {
  test('is up when both clients are, also without seeing the beginning', () => {
    const pub = finish('pub')
    expect(read(finish('sub'), pub)).toMatchObject({ eventBus: 'up', starts: 0 })
    expect(read(version(), start('hub-client-sub-1'), finish('sub'))).toMatchObject({
      eventBus: 'connecting',
    })
  })

  test('is up in the words of v1.8', () => {
    const state = read(
      version(),
      klog('Starting module eventbus', { file: 'core.go' }),
      klog('Init Sub And Pub Client for externel mqtt broker tcp://127.0.0.1:1883 successfully', {
        file: 'eventbus.go',
      }),
    )
    expect(state.eventBus).toBe('up')
    expect(
      read(version(), klog('Launch internel mqtt broker tcp://127.0.0.1:1884 successfully')),
    ).toMatchObject({
      eventBus: 'internal-only',
      internalBroker: 'up',
    })
  })

  test.each([
    'starting module eventbus',
    'Starting module eventbus',
    'Module eventbus registered successfully',
  ])('%s: starting', line => {
    expect(read(version(), klog(line, { file: 'core.go' })).eventBus).toBe('starting')
  })

  test('these lines are no failure', () => {
    const state = read(
      version(),
      start('hub-client-sub-1'),
      klog('client hub-client-sub-1 isconnected: false'),
      klog('client hub-client-sub-1 is connected: false'),
      klog('list edge-hub-cli-topics failed: no topics found', { severity: 'E', file: 'client.go' }),
      finish('sub'),
      start('hub-client-pub-1'),
      finish('pub'),
      klog('list edge-hub-cli-topics status, no record, skip sync', { file: 'client.go' }),
      klog('Action not found', { severity: 'W', file: 'eventbus.go' }),
      klog('"Image garbage collection failed once. Stats initialization may not have completed yet"', {
        severity: 'E',
        file: 'kubelet.go',
      }),
    )
    expect(state).toMatchObject({ eventBus: 'up', warnings: [] })
    expect(state.cause).toBeUndefined()
  })

  test('one of two attempts that hangs is hung', () => {
    const at = { at: 0 }
    expect(
      read(version(), start('hub-client-sub-1', at), start('hub-client-pub-1', at), error('x', at)).eventBus,
    ).toBe('hung')
  })

  test('an attempt after a failed one is still failing', () => {
    const state = read(
      version(),
      start('a', { at: 20 }),
      error('Not Authorized', { at: 21 }),
      start('a', { at: 26 }),
    )
    expect(state).toMatchObject({ eventBus: 'failing', cause: { code: 'not-authorized' } })
  })

  test('a line that is cut where the log ends does not hide the reason', () => {
    const whole = error('Network Error : dial tcp 127.0.0.1:1883: connect: connection refused')
    const state = read(start('hub-client-sub-1'), whole, start('hub-client-sub-1'), error('Network Er'))
    expect(state).toMatchObject({ cause: { code: 'connection-refused' }, evidence: [whole] })
  })

  test('is flapping when both clients have one id', () => {
    const lines = [
      start('same', { at: 1 }),
      finish('sub', { at: 1 }),
      start('same', { at: 1 }),
      finish('pub', { at: 1 }),
    ]
    for (let turn = 0; turn < 8; turn++) {
      const role = turn % 2 ? 'Pub' : 'Sub'
      lines.push(lost(role, { at: 2 }), start('same', { at: 2 }), finish(role.toLowerCase(), { at: 2 }))
    }
    const state = read(version(), ...lines)
    expect(state).toMatchObject({ eventBus: 'flapping', cause: { code: 'same-client-id' } })
    // the middle of such a log, as the last lines of the journal show it
    expect(read(...lines.slice(5))).toMatchObject({ eventBus: 'flapping', cause: { code: 'same-client-id' } })
  })

  test('is flapping for another reason when the ids differ', () => {
    const roles = Array.from({ length: 6 }, () => ['Sub', 'Pub']).flat()
    const lines = roles.flatMap(role => {
      const id = `hub-client-${role.toLowerCase()}-1`
      return [lost(role, { at: 5 }), start(id, { at: 5 }), finish(role.toLowerCase(), { at: 5 })]
    })
    expect(read(...lines)).toMatchObject({ eventBus: 'flapping', cause: { code: 'connection-unstable' } })
    // Five restarts of the broker
    expect(read(...lines.slice(6)).eventBus).toBe('up')
  })

  test('a broker that stops answering a ping is stuck', () => {
    const state = read(
      finish('sub', { at: 1 }),
      finish('pub', { at: 1 }),
      lost('Pub', { at: 20, because: 'pingresp not received, disconnecting' }),
      start('hub-client-pub-1', { at: 20 }),
    )
    expect(state).toMatchObject({ eventBus: 'connecting', cause: { code: 'broker-stuck' } })
    expect(state.evidence).toEqual([expect.stringContaining('pingresp not received')])
  })

  test('an open attempt is not hung where the journal dropped lines', () => {
    const attempt = start('hub-client-sub-1', { at: 1 })
    const dropped = 'Jan 02 12:00:02 edge-1 systemd-journald[1]: Suppressed 7 messages from edgecore.service'
    expect(read(attempt)).toMatchObject({ eventBus: 'hung', hasGaps: false })
    expect(read(attempt, dropped)).toMatchObject({ eventBus: 'connecting', hasGaps: true })
  })

  test('a saved log ends at its last time stamp', () => {
    expect(readSaved(start('hub-client-sub-1', { at: 1 })).eventBus).toBe('connecting')
    expect(readSaved(start('hub-client-sub-1', { at: 1 }), klog('x', { at: 17 })).eventBus).toBe('hung')
  })

  test('the middle of a log, where only messages go through, shows it up', () => {
    const state = read(
      klog('OnSubMessageReceived receive msg from topic: $hw/events/node/edge-1/membership/get'),
      klog('Success in pubMQTT with topic: $hw/events/node/edge-1/membership/get/result'),
    )
    expect(state.eventBus).toBe('up')
  })

  test('a full channel is a warning', () => {
    const line = klog('The module eventbus message channel is full, message: {...}', {
      severity: 'W',
      file: 'context_channel.go',
    })
    expect(read(version(), line, line).warnings).toEqual([
      expect.objectContaining({ code: 'event-bus-blocked', times: 2, line }),
    ])
  })

  test("the hub's certificates are not those of EventBus", () => {
    const line = klog('Failed to load x509 key pair: open /etc/kubeedge/certs/server.crt', {
      severity: 'E',
      file: 'websocket.go',
    })
    expect(read(version(), line).eventBus).toBe('unknown')
  })
})
