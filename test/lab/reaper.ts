/** Waits for the end of the process given by its id, then removes the nodes it left. Started by `watchThisProcess`. */
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { reap } from './reap.ts'

while (existsSync(`/proc/${process.argv[2]}`)) await sleep(300)
await reap()
