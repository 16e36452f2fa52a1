import { Flags } from '@oclif/core'
import { EdgekitCommand } from '../../cli/command.ts'
import { devicesSettings, settingsFlag } from '../../cli/devices/settings.ts'
import { readNamedText } from '../../cli/read-named-file.ts'
import type { Log } from '../../devices/log.ts'
import { EdgekitError } from '../../lib/errors.ts'
import { exitCodeHelp } from '../../lib/exit-codes.ts'
import type { DevicesServeOutput } from '../../ui/json/devices.ts'
import { print } from '../../ui/print.ts'

export default class DevicesServe extends EdgekitCommand {
  static override summary = 'Store what devices publish on MQTT, and send them commands over HTTP'
  static override description =
    'Keeps the state of each device in SQLite. A message is acknowledged after it is on the disk, and the broker keeps messages while the service is away. Messages that do not fit are kept as dead letters. Programs read devices and send commands over HTTP, on 127.0.0.1:7883 with a token. Settings come from the file of --settings, /etc/edgekit/devices.yaml if it exists, and the environment variables MQTT_BROKER, MQTT_PORT, MQTT_USERNAME, and MQTT_PASSWORD. The log goes to standard error, one JSON object a line. Runs until it is stopped.\n\n' +
    exitCodeHelp('devices')
  static override examples = [
    'edgekit devices serve',
    'edgekit devices serve --settings devices.yaml --register-unknown',
  ]
  static override flags = {
    ...settingsFlag,
    'register-unknown': Flags.boolean({
      description: 'create devices that the database lacks, when they publish',
    }),
  }

  async run(): Promise<DevicesServeOutput> {
    const { flags } = await this.parse(DevicesServe)
    // Only here: they load zod and the rest of the service.
    const [{ endpointOf }, { openSqlite }, { readToken }, { serveDevices }] = await Promise.all([
      import('../../devices/settings.ts'),
      import('../../devices/store/sqlite.ts'),
      import('../../devices/api/token.ts'),
      import('../../devices/serve.ts'),
    ])
    const fromFile = await devicesSettings(flags.settings)
    const settings = {
      ...fromFile,
      registerUnknown: flags['register-unknown'] || fromFile.registerUnknown,
    }
    const { passwordFile, ca } = settings.broker
    const endpoint = endpointOf(settings, {
      password: process.env['MQTT_PASSWORD'] || (await readNamedText(passwordFile)),
      ca: await readNamedText(ca),
    })
    const { databasePath: path, registerUnknown, historyDays } = settings
    const store = await openSqlite({ path, registerUnknown, history: historyDays !== undefined })
    try {
      const token = await readToken(settings.http.tokenFile)
      const totals = await untilStopped(signal =>
        serveDevices({ settings, endpoint, store, token, log }, signal),
      )
      log({ level: 'info', message: 'stopped', ...totals })
      return { schemaVersion: 1, ...totals }
    } finally {
      await store.close()
    }
  }

  /** What ends the service is a line of its log like the others, unless a person reads it. */
  protected override async catch(error: Error): Promise<void> {
    if (!(error instanceof EdgekitError) || process.stderr.isTTY || this.jsonEnabled())
      return await super.catch(error)
    const { message, code, remedy, exitCode } = error
    log({ level: 'error', message, code, remedy })
    process.exitCode = exitCode
  }
}

const log: Log = line =>
  print(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`, process.stderr)

/** A service is stopped by a signal, which is not a failure. */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  try {
    return await work(stop.signal)
  } finally {
    for (const signal of signals) process.off(signal, onSignal)
  }
}
