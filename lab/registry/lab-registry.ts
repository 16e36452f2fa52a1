import { cached } from '../cache.ts'
import { brokerImage, emptyImage, installationPackage, pauseImage } from './images.ts'
import { type LabRegistry, pushImage, startRegistry } from './registry.ts'

/** The KubeEdge version of the lab's images. */
const kubeedge = 'v1.22.0'

/** Flags of `edgekit bundle` and `lock` that make one registry a mirror of all that the default definitions name. */
export const mirrorFlags = (url: string): string[] =>
  ['docker.io', 'registry.k8s.io'].flatMap(host => ['--registry-mirror', `${host}=${url}`])

/**
 * A registry with everything that a bundle needs, in place of docker.io and registry.k8s.io. Filled once and served
 * read-only, so that concurrent test runs can share it. `edgecore` is the executable in the installation package.
 */
export async function labRegistry(edgecore: string): Promise<LabRegistry> {
  return await startRegistry({ storage: await filledStorage(edgecore), readOnly: true })
}

async function filledStorage(edgecore: string): Promise<string> {
  const images = await allImages(edgecore)
  return await cached('registry', [JSON.stringify(images)], async storage => {
    const registry = await startRegistry({ storage })
    try {
      for (const { repository, tag, layout } of images) await pushImage(registry.url, repository, tag, layout)
    } finally {
      await registry.stop()
    }
  })
}

interface TaggedImage {
  repository: string
  tag: string
  layout: string
}

async function allImages(edgecore: string): Promise<TaggedImage[]> {
  const tagged = async (repository: string, tag: string, layout: Promise<string>): Promise<TaggedImage> => ({
    repository,
    tag,
    layout: await layout,
  })
  return await Promise.all([
    tagged('library/eclipse-mosquitto', '2.0', brokerImage()),
    ...['3.6', '3.8', '3.10'].map(version => tagged('pause', version, pauseImage(version))),
    tagged('kubeedge/pause', '3.6', pauseImage('3.6')),
    tagged('kubeedge/installation-package', kubeedge, installationPackage(edgecore, kubeedge)),
    ...['cloudcore', 'controller-manager', 'admission', 'iptables-manager'].map(name =>
      tagged(`kubeedge/${name}`, kubeedge, emptyImage(name)),
    ),
  ])
}
