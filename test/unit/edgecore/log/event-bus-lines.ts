const header = /^[IWEF]\d{4} \S+\s+\d+ /

/** EventBus's lines of a log as `file.go:line] message`, without what differs between runs: times, ids, ports. */
export function eventBusLines(log: string): string[] {
  return log
    .split('\n')
    .filter(line => header.test(line))
    .map(line => line.replace(header, ''))
    .filter(line => {
      if (/^(common|client|eventbus)\.go:/.test(line)) return true
      if (/^server\.go:(105|109|74)\]/.test(line)) return true
      return /^(core|module)\.go:\d+\] (starting m|M)odule eventbus /i.test(`${line} `)
    })
    .map(line =>
      line
        .replace(/hub-client-(sub|pub)-\d{10}\b/, 'hub-client-$1-SECONDS')
        .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'),
    )
}

const subscribes = (line: string): boolean =>
  line.startsWith('client.go:98]') || line.startsWith('client.go:102]')

/** EventBus subscribes beside everything else, so its lines have two orders that do not depend on each other. */
export function inTwo(lines: readonly string[]): { connect: string[]; subscribe: string[] } {
  return { connect: lines.filter(line => !subscribes(line)), subscribe: lines.filter(subscribes) }
}
