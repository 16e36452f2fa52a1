import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import BrokerAclCheck from '../../../src/commands/broker/acl/check.ts'
import BrokerBench from '../../../src/commands/broker/bench.ts'
import BrokerTest from '../../../src/commands/broker/test.ts'
import DevicesSend from '../../../src/commands/devices/send.ts'
import DevicesServe from '../../../src/commands/devices/serve.ts'
import DevicesStatus from '../../../src/commands/devices/status.ts'
import Doctor from '../../../src/commands/doctor.ts'
import EdgecoreExplain from '../../../src/commands/edgecore/explain.ts'
import EdgecorePatch from '../../../src/commands/edgecore/patch.ts'
import Install from '../../../src/commands/install.ts'
import Status from '../../../src/commands/status.ts'
import Verify from '../../../src/commands/verify.ts'
import { exitCodeHelp, exitCodes, exitCodeTables } from '../../../src/lib/exit-codes.ts'

const commands = {
  install: Install,
  doctor: Doctor,
  verify: Verify,
  status: Status,
  explain: EdgecoreExplain,
  patch: EdgecorePatch,
  brokerBench: BrokerBench,
  aclCheck: BrokerAclCheck,
  brokerTest: BrokerTest,
  devices: DevicesServe,
  devicesStatus: DevicesStatus,
  devicesSend: DevicesSend,
}

const names = Object.keys(exitCodeTables) as (keyof typeof exitCodeTables)[]

test.each(names)('the help of %s ends with its exit codes', name => {
  expect(commands[name].description.endsWith(`\n\n${exitCodeHelp(name)}`)).toBe(true)
})

test.each(['README.md', 'docs/errors.md'])('%s has the exit codes of install', path => {
  const rows = Object.values(exitCodeTables.install).map(([code, meaning]) => `| ${code} | ${meaning} |`)
  expect(readFileSync(path, 'utf8')).toContain(`| exit code | meaning |\n| --- | --- |\n${rows.join('\n')}\n`)
})

test('no two outcomes of install share an exit code', () => {
  const codes = Object.values(exitCodes)
  expect(new Set(codes).size).toBe(codes.length)
})
