/** Waits until the given process ends, then removes the nodes it left. Started by `watchThisProcess`. */
import { setTimeout as sleep } from 'node:timers/promises'
import { reap } from './reap.ts'
import { isAlive, ownerOf } from './state.ts'

const owner = await ownerOf(Number(process.argv[2]))
while (await isAlive(owner)) await sleep(300)
await reap()
