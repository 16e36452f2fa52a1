import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './brokers/free-port.ts'
import { startInTree } from './brokers/program.ts'

/** Debian's Chromium without a window. */
export interface LabChromium {
  /** Where it is controlled (Chrome DevTools Protocol). */
  endpoint: string
  /** The directory that it sees as `/mnt`. */
  files: string
  stop: () => Promise<void>
}

const startMs = 60_000

/** Start Chromium, and wait until it can be controlled. */
export async function startChromium(): Promise<LabChromium> {
  const port = await freePort()
  const program = await startInTree({
    release: 'trixie',
    packages: ['chromium', 'fonts-dejavu-core'],
    command: [
      '/usr/lib/chromium/chromium',
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      `--remote-debugging-port=${port}`,
      '--user-data-dir=/tmp/profile',
      'about:blank',
    ],
    environment: { HOME: '/tmp' },
    writable: ['/tmp', '/run'],
  })
  const endpoint = `http://127.0.0.1:${port}`
  const started = Date.now()
  while (
    !(await fetch(`${endpoint}/json/version`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (program.isRunning() && Date.now() - started < startMs) {
      await sleep(100)
      continue
    }
    await program.stop()
    throw new Error(`Chromium does not start:\n${program.output()}`)
  }
  return { endpoint, files: program.files, stop: program.stop }
}
