/** Run at most `most` tasks at a time, first come, first served. */
export function limit(most: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0
  const waiting: (() => void)[] = []
  return async task => {
    // A finished task hands its slot to the next in line, so `running` changes only when none is waiting.
    if (running < most) running++
    else await new Promise<void>(resolve => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
