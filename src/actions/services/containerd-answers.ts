import { setTimeout as sleep } from 'node:timers/promises'
import type { Action } from '../action.ts'

export interface ContainerdAnswersSpec {
  socket: string
  timeoutMs: number
}

/** Changes nothing: what comes after it in a plan is only done once containerd accepts a connection. */
export const containerdAnswers: Action<ContainerdAnswersSpec, null> = {
  kind: 'containerd-answers',
  describe: ({ socket }) => `Wait until containerd answers on ${socket}`,
  inspect: async (_, { containerd }) => ((await containerd.answers()) ? 'done' : 'needed'),
  capture: async () => null,
  async apply({ socket, timeoutMs }, { containerd }) {
    for (const end = Date.now() + timeoutMs; !(await containerd.answers()); await sleep(200)) {
      if (Date.now() > end) throw new Error(`nothing answers on ${socket} after ${timeoutMs / 1000} s`)
    }
  },
  revert: async () => {},
}
