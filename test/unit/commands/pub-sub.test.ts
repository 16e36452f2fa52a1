import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { awaitAnswer } from '../../../src/broker/await-answer.ts'
import { close } from '../../../src/broker/connect.ts'
import { connectClient } from '../../../src/broker/connect-client.ts'
import Pub from '../../../src/commands/pub.ts'
import Sub from '../../../src/commands/sub.ts'
import { exitCodes } from '../../../src/lib/exit-codes.ts'
import { brokerThat } from '../broker/broker-that.ts'
import { runCommand } from './run-command.ts'

const commands = {
  publish: (port: number) =>
    runCommand(Pub, 'topic', 'text', '--url', `mqtt://127.0.0.1:${port}`, '--qos', '1'),
  subscribe: (port: number) => runCommand(Sub, 'topic', '--url', `mqtt://127.0.0.1:${port}`),
}

test.each([
  ['closes', 'publish'],
  ['resets', 'publish'],
  ['closes', 'subscribe'],
  ['resets', 'subscribe'],
] as const)('a broker that %s at %s', async (end, stage) => {
  const port = await brokerThat(end, stage, onTestFinished)
  const { stderr, exitCode } = await commands[stage](port)
  expect(stderr).toMatch(/the broker closed the connection[\s\S]*edgekit logs broker --lines 50/)
  expect(exitCode).toBe(exitCodes.refused)
})

test.each([
  ['connect', 'publish', /stopped by SIGTERM; the broker may have received the message/],
  ['publish', 'publish', /stopped by SIGTERM; the broker may have received the message/],
  ['connect', 'subscribe', /stopped by SIGTERM; nothing is left on the broker/],
  ['subscribe', 'subscribe', /stopped by SIGTERM; nothing is left on the broker/],
] as const)('SIGTERM while a broker is silent at %s: %s', async (stage, command, words) => {
  const port = await brokerThat('falls silent', stage, onTestFinished)
  const running = commands[command](port)
  await sleep(300)
  process.emit('SIGTERM', 'SIGTERM')
  const { stderr, exitCode } = await running
  expect(stderr).toMatch(words)
  expect(exitCode).toBe(143)
})

test('an answer that does not come', async () => {
  const port = await brokerThat('falls silent', 'publish', onTestFinished)
  const { signal } = new AbortController()
  const client = await connectClient({ host: '127.0.0.1', port }, signal)
  const sent = client.publishAsync('topic', 'text', { qos: 1 })
  const answer = awaitAnswer(sent, client, { what: 'acknowledge the message', signal, usualMs: 100 })
  await expect(answer).rejects.toMatchObject({
    message: 'the broker did not acknowledge the message in time',
    code: 'broker-unreachable',
  })
  await close(client)
})
