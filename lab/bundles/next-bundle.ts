import { appendFile, copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cached } from '../cache.ts'
import { standInEdgecore } from '../edgecore/index.ts'
import { newerMark, nextMark } from '../edgecore/mark.ts'
import { pauseImage, staticProgram } from '../registry/images.ts'
import { variantLayer } from './variant.ts'

/** Where the bundles are on a node to upgrade. */
export const nextOnNode = '/root/next'
export const brokenOnNode = '/root/broken'
export const newerOnNode = '/root/newer'

/** EdgeCore of another build: the same program with a mark at its end. */
async function edgecoreWith(mark: string): Promise<string> {
  const edgecore = await standInEdgecore()
  const directory = await cached(`edgecore-${mark}`, [edgecore], async output => {
    await copyFile(edgecore, join(output, 'edgecore'))
    await appendFile(join(output, 'edgecore'), mark)
  })
  return join(directory, 'edgecore')
}

const programs = (version: string): string => `extends: edge
kubeedge: ${version}
binaries: { edgecore: ./edgecore, keadm: ./keadm }
`

const definition = (version: string, pause: string): string => `${programs(version)}images:
  - eclipse-mosquitto:2.0
  - { reference: registry.k8s.io/pause:3.8, source: "oci:${pause}" }
`

/**
 * A bundle of a later version: another EdgeCore, another broker configuration, and only pause 3.8, with other content.
 */
export async function nextLayer(): Promise<string> {
  const keadm = await staticProgram('usr/bin/busybox')
  return await variantLayer(
    {
      name: 'next',
      definition: definition('v1.22.1', await pauseImage('3.10')),
      files: { edgecore: await edgecoreWith(nextMark), keadm },
      appended: { 'config/mosquitto/mosquitto.conf': '\n# New in this version.\n' },
    },
    nextOnNode,
  )
}

/** A bundle of an even later version, whose EdgeCore exits at once. */
export async function brokenLayer(): Promise<string> {
  const busybox = await staticProgram('usr/bin/busybox')
  return await variantLayer(
    {
      name: 'broken',
      definition: definition('v1.23.0', await pauseImage('3.6')),
      files: { edgecore: busybox, keadm: busybox },
      appended: { 'config/mosquitto/mosquitto.conf': '\n# Newer still.\n' },
    },
    brokenOnNode,
  )
}

/** A bundle of v1.23 whose EdgeCore works, and writes what earlier versions cannot start with. */
export async function newerLayer(): Promise<string> {
  const keadm = await staticProgram('usr/bin/busybox')
  return await variantLayer(
    {
      name: 'newer',
      definition: programs('v1.23.0'),
      files: { edgecore: await edgecoreWith(newerMark), keadm },
    },
    newerOnNode,
  )
}
