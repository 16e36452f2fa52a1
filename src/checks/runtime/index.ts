import type { Check } from '../check.ts'
import { bundleImages } from './bundle-images.ts'
import { containerdAnswers } from './containerd-answers.ts'
import { containerdAtBoot } from './containerd-at-boot.ts'
import { containerdConfig } from './containerd-config.ts'
import { containerdRestart } from './containerd-restart.ts'
import { containerdUuid } from './containerd-uuid.ts'
import { containerdVersion } from './containerd-version.ts'
import { cgroupDriver } from './cri/cgroup-driver.ts'
import { cniConfig } from './cri/cni-config.ts'
import { criPlugin } from './cri/cri-plugin.ts'
import { sandboxImage } from './cri/sandbox-image.ts'
import { ctrFlags } from './ctr-flags.ts'
import { imageContent } from './image-content.ts'
import { oneContainerd } from './one-containerd.ts'
import { orphanBroker } from './orphan-broker.ts'
import { runcRuns } from './runc-runs.ts'
import { staleContainer } from './stale-container.ts'

/** In the order they run: what others need comes first. */
export const runtimeChecks: readonly Check[] = [
  containerdAnswers,
  containerdVersion,
  containerdConfig,
  containerdUuid,
  ctrFlags,
  runcRuns,
  containerdRestart,
  containerdAtBoot,
  oneContainerd,
  criPlugin,
  cgroupDriver,
  sandboxImage,
  cniConfig,
  bundleImages,
  imageContent,
  orphanBroker,
  staleContainer,
]
