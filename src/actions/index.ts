import { accessFile } from './files/access-file.ts'
import { accessPair } from './files/access-pair.ts'
import { certificatesAside } from './files/certificates-aside.ts'
import { directory } from './files/directory.ts'
import { edgecoreConfig } from './files/edgecore-config.ts'
import { edgecoreCopy } from './files/edgecore-copy.ts'
import { file } from './files/file.ts'
import { filePrivate } from './files/file-private.ts'
import { fileRemoved } from './files/file-removed.ts'
import { link } from './files/link.ts'
import { oldVersion } from './files/old-version.ts'
import { serviceDirectory } from './files/service-directory.ts'
import { image } from './image.ts'
import { brokerAccess } from './services/broker-access.ts'
import { brokerAnswers } from './services/broker-answers.ts'
import { brokerReload } from './services/broker-reload.ts'
import { brokerTrial } from './services/broker-trial.ts'
import { changeBrokerUsers } from './services/change-broker-users.ts'
import { containerdAnswers } from './services/containerd-answers.ts'
import { containerdUuid } from './services/containerd-uuid.ts'
import { daemonReload } from './services/daemon-reload.ts'
import { devicesData } from './services/devices-data.ts'
import { devicesReady } from './services/devices-ready.ts'
import { unitEnabled } from './services/unit-enabled.ts'
import { unitRunning } from './services/unit-running.ts'
import { unitStopped } from './services/unit-stopped.ts'
import { unitUnmasked } from './services/unit-unmasked.ts'

/** Every kind of change edgekit makes to a node, by its name in plans, journals and receipts. */
export const actions = {
  directory,
  file,
  'file-private': filePrivate,
  'file-removed': fileRemoved,
  link,
  'old-version': oldVersion,
  image,
  'edgecore-config': edgecoreConfig,
  'certificates-aside': certificatesAside,
  'edgecore-copy': edgecoreCopy,
  'daemon-reload': daemonReload,
  'unit-stopped': unitStopped,
  'unit-unmasked': unitUnmasked,
  'unit-enabled': unitEnabled,
  'unit-running': unitRunning,
  'access-file': accessFile,
  'access-pair': accessPair,
  'change-broker-users': changeBrokerUsers,
  'broker-reload': brokerReload,
  'broker-trial': brokerTrial,
  'broker-answers': brokerAnswers,
  'broker-access': brokerAccess,
  'devices-ready': devicesReady,
  'devices-data': devicesData,
  'service-directory': serviceDirectory,
  'containerd-answers': containerdAnswers,
  'containerd-uuid': containerdUuid,
}

export type ActionKind = keyof typeof actions
export type SpecOf<K extends ActionKind> = Parameters<(typeof actions)[K]['describe']>[0]
