import { describe, expect, test } from 'vitest'
import { broken, connected, dialFailed, klog, read, readSaved, version } from './klog-lines.ts'

const readError = klog('websocket read error: EOF', { severity: 'E', file: 'process.go' })
const unanswered = (at: number) =>
  klog(
    'send sync message kube-node-lease/lease/edge-1 failed, error:timeout to get response for message 1, retries: 1',
    {
      severity: 'E',
      file: 'metaclient.go',
      at,
    },
  )

describe('the connection to the cloud', () => {
  const success = connected()
  test.each([
    [[success], 'connected'],
    [[klog('Quic connect to cloud access successful', { file: 'quicclient.go' })], 'connected'],
    [[success, readError], 'reconnecting'],
    [[readError, success], 'connected'],
    [[klog('Module websocket is disabled, do not register', { severity: 'W' })], 'disabled'],
    [[], 'unknown'],
  ])('%#', (lines, cloud) => {
    expect(read(version(), ...lines)).toMatchObject({ cloud, cloudEvidence: lines.slice(-1) })
  })

  test('a restart of CloudCore is a lost connection without a word about certificates', () => {
    const state = readSaved(
      connected({ at: 0 }),
      klog('websocket write error: failed to send message, error: use of closed network connection', {
        severity: 'E',
        file: 'process.go',
        at: 200,
      }),
      broken({ at: 200 }),
    )
    expect(state).toMatchObject({ cloud: 'reconnecting', cloudCause: { code: 'cloud-link-lost' } })
    expect(state.cloudCause?.text).toContain('reconnects after 30 s')
    expect(JSON.stringify(state.cloudCause)).not.toMatch(/certificate|token/i)
    expect(state.cloudReason).toBeUndefined()
  })

  test('the reason of a failed dial counts until there is a connection', () => {
    const refused = dialFailed('dial tcp 192.0.2.1:10000: connect: connection refused')
    const retry = klog(
      'connection failed: max retry count reached when connecting to cloud, will reconnect after 30s',
      {
        severity: 'E',
      },
    )
    expect(read(refused, retry)).toMatchObject({
      cloud: 'reconnecting',
      cloudReason: refused,
      cloudCause: { code: 'cloud-refused', text: expect.stringContaining('192.0.2.1:10000 refuses') },
    })
    expect(read(refused, connected()).cloudCause).toBeUndefined()
  })

  test('unknown reasons are shown unchanged', () => {
    expect(read(dialFailed('something new')).cloudCause).toMatchObject({
      code: 'cloud-link-error',
      text: expect.stringContaining('something new'),
    })
  })

  test('a connection that looks open is silent while answers are missing', () => {
    expect(readSaved(connected({ at: 0 }), unanswered(100), klog('x', { at: 110 }))).toMatchObject({
      cloud: 'silent',
      cloudCause: { code: 'cloud-silent', text: expect.stringContaining('does not answer') },
    })
    const stateAt = (at: number) => readSaved(connected({ at: 0 }), unanswered(100), klog('x', { at })).cloud
    expect([stateAt(179), stateAt(181)]).toEqual(['silent', 'connected'])
    expect(readSaved(unanswered(0), connected({ at: 100 })).cloud).toBe('connected')
    // Sent before the connection was opened again.
    expect(readSaved(connected({ at: 100 }), unanswered(159)).cloud).toBe('connected')
    expect(readSaved(connected({ at: 100 }), unanswered(160)).cloud).toBe('silent')
  })

  test('connections that break soon, again and again, are another node of the same name', () => {
    const turns = [0, 70, 140].flatMap(at => [connected({ at }), broken({ at: at + 40 })])
    expect(readSaved(...turns)).toMatchObject({
      cloudCause: { code: 'cloud-link-unstable', text: expect.stringContaining('same name') },
    })
    expect(readSaved(...turns.slice(0, 2)).cloudCause?.code).toBe('cloud-link-lost')
  })

  test('a node that waits for its first certificate', () => {
    const asked = klog('Reuse the token to obtain the certificate', { file: 'certmanager.go' })
    expect(readSaved(version(), asked)).toMatchObject({
      cloud: 'reconnecting',
      cloudCause: { code: 'certificate-pending', text: expect.stringContaining('waits for the answer') },
    })
    expect(readSaved(version(), asked, connected()).cloudCause).toBeUndefined()
  })
})
