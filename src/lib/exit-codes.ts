/** Exit codes and their meaning, for each command that has its own: shown in --help, the README and docs/. */
export const exitCodeTables = {
  /** `install`, `upgrade`, `rollback`, `uninstall`, and any command that fails. */
  install: {
    ok: [0, 'success, or nothing to do'],
    internal: [1, 'internal error in edgekit; please report it'],
    usage: [2, 'invalid usage'],
    refused: [3, 'refused, nothing was changed: damaged bundle, wrong machine or a conflict'],
    rolledBack: [4, 'failed, and all changes were rolled back'],
    incomplete: [5, 'failed, and the node is left in between; the output shows how to continue'],
    locked: [6, 'another edgekit is running on this node'],
    checklistFailed: [7, 'installed, but the checklist found problems'],
    itemsKept: [8, 'uninstalled, but something could not be removed yet, or with --strict was kept'],
    hangup: [129, 'stopped by SIGHUP (the terminal was closed)'],
    interrupted: [130, 'stopped by SIGINT (Ctrl-C)'],
    terminated: [143, 'stopped by SIGTERM'],
  },
  doctor: {
    ok: [0, 'no problems found'],
    failed: [3, 'a check failed'],
    warnings: [4, 'warnings only, and --strict was given'],
    notChecked: [5, 'something could not be checked'],
  },
  verify: {
    ok: [0, 'the bundle is intact, and signed by one of the keys, if any were given'],
    damaged: [3, 'the bundle is damaged, or none of the keys signed it'],
  },
  status: {
    ok: [0, 'everything is as it was installed'],
    changed: [3, 'something has changed, or nothing is installed'],
    interrupted: [5, 'an install or uninstall was interrupted'],
  },
  explain: {
    ok: [0, 'the log shows no problem'],
    failed: [3, 'the log shows a problem'],
    unknown: [5, 'the log does not show the state'],
  },
  patch: {
    ok: [0, 'success, or nothing to do'],
    refused: [3, 'the file was refused, or --check found something to change'],
  },
  aclCheck: {
    ok: [0, 'the broker allows it'],
    denied: [3, 'the broker denies it'],
  },
  brokerTest: {
    ok: [0, 'the broker does what MQTT requires, as far as it was tested'],
    failed: [3, 'the broker breaks a requirement of MQTT, or with --compare: the brokers differ'],
    notTested: [5, 'the broker could not be tested, or not completely'],
  },
  devices: {
    ok: [0, 'stopped by a signal, after everything that had arrived was stored'],
    unusable: [
      5,
      'the database or the HTTP address cannot be used, the broker refuses the client, or another client takes over its session',
    ],
  },
  devicesStatus: {
    ok: [0, 'the service runs, is connected to its broker, and stores'],
    failed: [3, 'the service is not installed, does not run, or its broker or database is away'],
  },
  devicesSend: {
    ok: [0, 'the device answered with success; with --no-wait, the broker has the command'],
    failed: [3, 'the device answered with failure, or the service does not run or refused the command'],
    silent: [5, 'the device did not answer, or the broker or the database is away'],
  },
  brokerBench: {
    ok: [0, 'the broker was measured'],
    failed: [3, 'refused, or the broker lost messages of QoS 1 or 2, or no rate holds the target'],
    notMeasured: [5, 'the broker could not be measured, or disconnected clients'],
  },
} as const satisfies Record<string, Record<string, readonly [code: number, meaning: string]>>

type Tables = typeof exitCodeTables
type Codes<T extends Record<string, readonly [number, string]>> = {
  readonly [Outcome in keyof T]: T[Outcome][0]
}

const codesOf = <T extends Record<string, readonly [number, string]>>(table: T): Codes<T> =>
  Object.fromEntries(Object.entries(table).map(([outcome, [code]]) => [outcome, code])) as Codes<T>

export const exitCodes = codesOf(exitCodeTables.install)
export const doctorExitCodes = codesOf(exitCodeTables.doctor)
export const verifyExitCodes = codesOf(exitCodeTables.verify)
export const statusExitCodes = codesOf(exitCodeTables.status)
export const explainExitCodes = codesOf(exitCodeTables.explain)
export const patchExitCodes = codesOf(exitCodeTables.patch)
export const aclCheckExitCodes = codesOf(exitCodeTables.aclCheck)
export const brokerTestExitCodes = codesOf(exitCodeTables.brokerTest)
export const devicesStatusExitCodes = codesOf(exitCodeTables.devicesStatus)
export const devicesSendExitCodes = codesOf(exitCodeTables.devicesSend)
export const brokerBenchExitCodes = codesOf(exitCodeTables.brokerBench)

/** The last paragraph of a command's --help. */
export const exitCodeHelp = (command: keyof Tables): string =>
  [
    'Exit codes:',
    ...Object.values(exitCodeTables[command]).map(([code, meaning]) => `${code}  ${meaning}`),
  ].join('\n')
