import type * as z from 'zod'
import { brokerImageOutput, brokerWaitOutput } from './broker/broker.ts'
import {
  brokerAclAddOutput,
  brokerAclCheckOutput,
  brokerAclListOutput,
  brokerAclRemoveOutput,
} from './broker/broker-acl.ts'
import { brokerBenchOutput } from './broker/broker-bench.ts'
import { brokerConfigureOutput } from './broker/broker-configure.ts'
import {
  brokerTestCleanupOutput,
  brokerTestCompareOutput,
  brokerTestExplainOutput,
  brokerTestListOutput,
  brokerTestOutput,
} from './broker/broker-test.ts'
import {
  brokerTlsDeviceOutput,
  brokerTlsImportOutput,
  brokerTlsInitOutput,
  brokerTlsRenewOutput,
  brokerTlsStatusOutput,
} from './broker/broker-tls.ts'
import {
  brokerUserAddOutput,
  brokerUserListOutput,
  brokerUserPasswdOutput,
  brokerUserRemoveOutput,
} from './broker/broker-user.ts'
import { pubOutput, subOutput } from './broker/messages.ts'
import { logsOutput, restartOutput } from './broker/services.ts'
import { bundleOutput, signOutput } from './bundle.ts'
import { cacheLsOutput, cachePruneOutput } from './cache.ts'
import {
  devicesAddOutput,
  devicesInstallOutput,
  devicesListOutput,
  devicesRemoveOutput,
  devicesSendOutput,
  devicesServeOutput,
  devicesShowOutput,
  devicesStatusOutput,
  devicesUninstallOutput,
  devicesWatchOutput,
} from './devices.ts'
import { doctorExplainOutput, doctorListOutput } from './doctor.ts'
import { edgecoreExplainOutput, edgecorePatchOutput } from './edgecore.ts'
import { errorOutput } from './error.ts'
import { inspectFilesOutput, inspectImagesOutput, inspectOutput } from './inspect.ts'
import { installDryRunOutput, installOutput } from './install.ts'
import { licensesOutput } from './licenses.ts'
import { lockOutput } from './lock.ts'
import { rollbackOutput } from './rollback.ts'
import { statusOutput } from './status.ts'
import { uninstallOutput } from './uninstall.ts'
import { verifyOutput } from './verify.ts'

/**
 * The JSON output of every command, by the name of its published schema (docs/schemas/NAME.schema.json). The doctor's
 * report has its schema in doctor/report-schema.ts. Commands import only the types: building the schemas takes longer
 * than many commands.
 */
export const outputSchemas = {
  'broker-configure': brokerConfigureOutput,
  'broker-bench': brokerBenchOutput,
  'broker-acl-add': brokerAclAddOutput,
  'broker-acl-check': brokerAclCheckOutput,
  'broker-acl-list': brokerAclListOutput,
  'broker-acl-remove': brokerAclRemoveOutput,
  'broker-image': brokerImageOutput,
  'broker-test': brokerTestOutput,
  'broker-test-cleanup': brokerTestCleanupOutput,
  'broker-test-compare': brokerTestCompareOutput,
  'broker-test-explain': brokerTestExplainOutput,
  'broker-test-list': brokerTestListOutput,
  'broker-tls-import': brokerTlsImportOutput,
  'broker-tls-device': brokerTlsDeviceOutput,
  'broker-tls-init': brokerTlsInitOutput,
  'broker-tls-renew': brokerTlsRenewOutput,
  'broker-tls-status': brokerTlsStatusOutput,
  'broker-user-add': brokerUserAddOutput,
  'broker-user-list': brokerUserListOutput,
  'broker-user-passwd': brokerUserPasswdOutput,
  'broker-user-remove': brokerUserRemoveOutput,
  'broker-wait': brokerWaitOutput,
  bundle: bundleOutput,
  'cache-ls': cacheLsOutput,
  'cache-prune': cachePruneOutput,
  'devices-add': devicesAddOutput,
  'devices-install': devicesInstallOutput,
  'devices-list': devicesListOutput,
  'devices-remove': devicesRemoveOutput,
  'devices-send': devicesSendOutput,
  'devices-serve': devicesServeOutput,
  'devices-show': devicesShowOutput,
  'devices-status': devicesStatusOutput,
  'devices-uninstall': devicesUninstallOutput,
  'devices-watch': devicesWatchOutput,
  'doctor-explain': doctorExplainOutput,
  'doctor-list': doctorListOutput,
  'edgecore-explain': edgecoreExplainOutput,
  'edgecore-patch': edgecorePatchOutput,
  error: errorOutput,
  inspect: inspectOutput,
  'inspect-files': inspectFilesOutput,
  'inspect-images': inspectImagesOutput,
  install: installOutput,
  'install-dry-run': installDryRunOutput,
  licenses: licensesOutput,
  lock: lockOutput,
  logs: logsOutput,
  pub: pubOutput,
  restart: restartOutput,
  rollback: rollbackOutput,
  sign: signOutput,
  status: statusOutput,
  sub: subOutput,
  uninstall: uninstallOutput,
  verify: verifyOutput,
} as const satisfies Record<string, z.ZodType>
