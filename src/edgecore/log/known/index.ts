import { certificateErrors } from './certificate-errors.ts'
import { cloudLinkErrors } from './cloud-link-errors.ts'
import { configurationExits } from './configuration-exits.ts'
import { connectErrors } from './connect-errors.ts'
import { crashes } from './crashes.ts'
import { databaseExits } from './database-exits.ts'
import type { KnownLine } from './known-line.ts'
import { kubeletExits } from './kubelet-exits.ts'
import { podErrors } from './pod-errors.ts'
import { systemdExits } from './systemd-exits.ts'
import { warnings } from './warnings.ts'

/**
 * Every line that edgekit recognizes, the worst first: what ends EdgeCore, what keeps it from the broker, what keeps it from
 * the cloud, what keeps pods from starting. Within a list the first match wins.
 *
 * The patterns come from KubeEdge's source, v1.8 to v1.23.1, and the kubelet it embeds (Kubernetes 1.19 to 1.32). Severity
 * does not show an exit: most of these lines are logged as E (or I) and followed by `os.Exit(1)`. `exits.ts` has the list
 * of those; `F` lines, panics and runtime errors always end EdgeCore.
 */
export const knownLines = {
  /** edgecore.yaml and the start of the program. */
  configurationExits,
  /** edgecore.db. */
  databaseExits,
  /** The kubelet inside EdgeCore. */
  kubeletExits,
  /** Getting the certificates from CloudCore, port 10002. */
  certificateErrors,
  /** Panics that only their stack explains. */
  crashes,
  /** systemd's lines about an EdgeCore without lines of its own. */
  systemdExits,
  /** What follows `connect error: ` of EventBus. */
  connectErrors,
  /** What follows `dial websocket error`, port 10000. */
  cloudLinkErrors,
  /** Messages that are stuck or lost, images that are removed. */
  warnings,
  /** Pods that do not start. */
  podErrors,
} as const satisfies Record<string, readonly KnownLine[]>
