import { brokerFrozen } from './broker-frozen.ts'
import { brokerMisconfigured } from './broker-misconfigured.ts'
import { brokerOpenToNetwork } from './broker-open-to-network.ts'
import { brokerStopped } from './broker-stopped.ts'
import { certificatesGone } from './certificates-gone.ts'
import { cloudImageRemoved } from './cloud-image-removed.ts'
import { containerdStopped } from './containerd-stopped.ts'
import { distributionBroker } from './distribution-broker.ts'
import { eventBusInternal } from './event-bus-internal.ts'
import type { Fault } from './fault.ts'
import { imageRemoved } from './image-removed.ts'
import { impossibleName } from './impossible-name.ts'
import { noContainerd } from './no-containerd.ts'
import { noResolvConf } from './no-resolv-conf.ts'
import { noSystemd } from './no-systemd.ts'
import { ordinaryUser } from './ordinary-user.ts'
import { otherArchitecture } from './other-architecture.ts'
import { passwordWanted } from './password-wanted.ts'
import { portTaken } from './port-taken.ts'

/** Everything that goes wrong with a node in the tests. */
export const faults: readonly Fault[] = [
  ordinaryUser,
  otherArchitecture,
  noSystemd,
  impossibleName,
  noResolvConf,
  distributionBroker,
  containerdStopped,
  noContainerd,
  portTaken,
  imageRemoved,
  cloudImageRemoved,
  brokerStopped,
  brokerMisconfigured,
  brokerOpenToNetwork,
  brokerFrozen,
  eventBusInternal,
  certificatesGone,
  passwordWanted,
]
