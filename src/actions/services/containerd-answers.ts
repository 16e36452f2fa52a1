import { setTimeout as sleep } from 'node:timers/promises'
import { slowness } from '../../lib/slowness.ts'
import type { Action } from '../action.ts'

export interface ContainerdAnswersSpec {
  socket: string
  timeoutMs: number
}

/** Changes nothing: holds back the rest of a plan until containerd accepts connections. */
export const containerdAnswers: Action<ContainerdAnswersSpec, null> = {
  kind: 'containerd-answers',
  describe: ({ socket }) => `Wait for containerd on ${socket}`,
  inspect: async (_, { containerd }) => ((await containerd.answers()) ? 'done' : 'needed'),
  capture: async () => null,
  async apply(spec, { containerd }) {
    const timeoutMs = spec.timeoutMs * slowness()
    for (const end = Date.now() + timeoutMs; !(await containerd.answers()); await sleep(200)) {
      if (Date.now() > end)
        throw new Error(`containerd did not answer on ${spec.socket} within ${timeoutMs / 1000} s`)
    }
  },
  revert: async () => {},
}
