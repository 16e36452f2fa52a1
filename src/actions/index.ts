import { brokerAnswers } from './broker-answers.ts'
import { containerdAnswers } from './containerd-answers.ts'
import { daemonReload } from './daemon-reload.ts'
import { directory } from './directory.ts'
import { edgecoreConfig } from './edgecore-config.ts'
import { file } from './file.ts'
import { image } from './image.ts'
import { link } from './link.ts'
import { serviceDirectory } from './service-directory.ts'
import { unitEnabled } from './unit-enabled.ts'
import { unitRunning } from './unit-running.ts'

/** Every kind of change that edgekit makes to a node, under the name it has in a plan. */
export const actions = {
  directory,
  file,
  link,
  image,
  'edgecore-config': edgecoreConfig,
  'daemon-reload': daemonReload,
  'unit-enabled': unitEnabled,
  'unit-running': unitRunning,
  'broker-answers': brokerAnswers,
  'service-directory': serviceDirectory,
  'containerd-answers': containerdAnswers,
}

export type ActionKind = keyof typeof actions
export type SpecOf<K extends ActionKind> = Parameters<(typeof actions)[K]['describe']>[0]
