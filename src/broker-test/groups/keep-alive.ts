import { setTimeout as sleep } from 'node:timers/promises'
import type { BrokerTest } from '../test.ts'
import { fail, inconclusive } from '../verdict.ts'

/** Brokers check every few seconds: mosquitto every 5 s. */
const slackMs = 6_500

export const keepAlive: readonly BrokerTest[] = [
  {
    id: 'keep-alive-silent',
    title: 'A silent client is disconnected after its keep alive',
    clauses: { 4: ['3.1.2-24'], 5: ['3.1.2-22', '3.2.2-22'] },
    needs: ['client-keep-alive'],
    waitsMs: 5_000,
    async run(context) {
      // Before CONNECT: the broker cannot count from an earlier time, however late CONNACK is read here.
      const started = performance.now()
      const client = await context.connect({ keepAliveSeconds: 1 })
      if (!(await client.closes(1_500 + slackMs))) throw fail('still connected 8 s after a keep alive of 1 s')
      const waited = performance.now() - started
      if (waited < 950) throw fail(`disconnected after ${Math.round(waited)} ms, and the keep alive is 1 s`)
    },
  },
  {
    id: 'keep-alive-ping',
    title: 'A client that sends PINGREQ stays connected',
    clauses: { 4: [], 5: ['3.2.2-22'] },
    needs: ['client-keep-alive'],
    waitsMs: 5_000,
    async run(context) {
      // Long enough for a busy machine, and in all longer than the 3 s after which a silent client is disconnected.
      const client = await context.connect({ keepAliveSeconds: 2 })
      for (let count = 0; count < 5; count += 1) {
        const before = performance.now()
        await sleep(800)
        if (performance.now() - before > 2_000)
          throw inconclusive('this machine is too busy to send PINGREQ within the keep alive of 2 s')
        await client.ping()
      }
    },
  },
  {
    id: 'keep-alive-off',
    title: 'Keep alive 0 turns it off',
    clauses: { 4: [], 5: ['3.2.2-22'] },
    needs: ['client-keep-alive'],
    waitsMs: 5_000,
    async run(context) {
      const client = await context.connect({ keepAliveSeconds: 0 })
      if (await client.closes(4_500)) throw fail('the broker closed the connection')
      await client.ping()
    },
  },
]
