/**
 * A stand-in for EdgeCore, for tests where the real one is not available. Its configuration file, broker connections,
 * container runtime, log, exit codes and cloud connection behave as observed with KubeEdge v1.22 and v1.23; it runs no
 * pods. Like EdgeCore, it ignores `--version` and starts.
 */
import { defaultConfig, loadConfig, rewriteConfig } from './config.ts'
import { openDatabase } from './database.ts'
import { startEdgeHub } from './edge-hub/edge-hub.ts'
import { startEdged } from './edged.ts'
import { checkEnvironment } from './environment.ts'
import { EventBus } from './event-bus/event-bus.ts'
import { info } from './klog.ts'
import { misbehave, misbehaviorOfNext, tearConfig } from './misbehavior.ts'
import { announceStart, announceStop, registerModules } from './modules.ts'
import { replaceTwinSocket } from './twin-socket.ts'
import { version } from './version.ts'

if (process.argv.includes('--defaultconfig')) {
  process.stdout.write(defaultConfig())
  process.exit()
}
const file = configFile(process.argv.slice(2))
const misbehavior = misbehaviorOfNext()
if (misbehavior === 'tears-config') tearConfig(file)
const config = loadConfig(file)
info('server.go:107', `Version: ${version}`)
rewriteConfig(config)
checkEnvironment(config)

// Unit tests redirect it from this machine's disk.
const database = openDatabase(
  process.env['EDGECORE_STAND_IN_DATABASE'] ?? String(config.database['dataSource']),
)
const enabled = registerModules(config)
const eventBus = new EventBus(config)
for (const [signal, name] of [
  ['SIGTERM', 'terminated'],
  ['SIGINT', 'interrupt'],
] as const) {
  process.on(signal, () => {
    announceStop(enabled, name, eventBus.running)
    process.exit(0)
  })
}
// Runs until it gets a signal, even with all modules disabled.
setInterval(() => undefined, 2 ** 30)
announceStart(enabled)
if (enabled.includes('twin')) replaceTwinSocket(config)
if (misbehavior) misbehave(misbehavior, String(config.database['dataSource']))
if (enabled.includes('edged')) void startEdged(config, database, misbehavior !== 'is-unhealthy')
if (enabled.includes('websocket') && misbehavior !== 'ignores-cloud') void startEdgeHub(config, database)
if (enabled.includes('eventbus')) {
  if (enabled.includes('twin')) eventBus.put('{twin sync}')
  void eventBus.start()
}

function configFile(args: readonly string[]): string {
  const at = args.findIndex(argument => argument === '--config' || argument.startsWith('--config='))
  const value = args[at]?.startsWith('--config=') ? args[at].slice('--config='.length) : args[at + 1]
  return at === -1 || value === undefined ? '/etc/kubeedge/config/edgecore.yaml' : value
}
