import { setTimeout as sleep } from 'node:timers/promises'
import type { BrokerTest } from '../test.ts'
import { fail } from '../verdict.ts'

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
      const client = await context.connect({ keepAliveSeconds: 1 })
      const started = performance.now()
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
      const client = await context.connect({ keepAliveSeconds: 1 })
      for (let count = 0; count < 6; count += 1) {
        await sleep(750)
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
