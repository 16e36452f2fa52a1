import * as z from 'zod'
import { messageOf } from '../../lib/errors.ts'
import { parseReference } from '../../oci/reference.ts'

/** The schema of bundle definitions, which `edgekit schema` prints and every definition must match. */

const architecture = z.enum(['amd64', 'arm64'])
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lowercase hexadecimal digits')

const reference = z.string().superRefine((text, context) => {
  try {
    parseReference(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: messageOf(error) })
  }
})

const image = z.union([
  reference,
  z.strictObject({
    reference: reference.meta({ description: 'Name of the image on the node.' }),
    source: z
      .string()
      .regex(
        /^(?:oci|oci-archive|docker-archive|docker-daemon):.+$/,
        'expected oci:DIR, oci-archive:FILE, docker-archive:FILE or docker-daemon:REFERENCE',
      )
      .meta({
        description:
          'Use this instead of the registry: oci:DIR, oci-archive:FILE, docker-archive:FILE (docker save) or docker-daemon:REFERENCE.',
      }),
  }),
])

const sourceText = z
  .string()
  .regex(
    /^(?:image:[^#]+#\/.+|https:\/\/\S+|file:.+|(?![a-z][a-z-]*:).+)$/,
    'expected image:REFERENCE#/PATH, https://…, file:PATH or a path',
  )
  .meta({
    description:
      'image:REFERENCE#/PATH for a file in an image, https://…, file:PATH or a path, relative to the definition. ${arch} and ${kubeedge} are replaced.',
  })

const source = z.union([
  sourceText,
  z.strictObject({
    source: sourceText,
    sha256: z
      .union([sha256, z.strictObject({ amd64: sha256.optional(), arm64: sha256.optional() })])
      .optional()
      .meta({ description: 'Expected SHA-256 of the source; one for each architecture if they differ.' }),
    checksums: z
      .string()
      .regex(/^https:\/\/\S+$/, 'expected https://…')
      .optional()
      .meta({
        description:
          'URL of a published list of checksums (SHA256SUMS) with the source; edgekit.lock pins the result.',
      }),
    member: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'File to extract from the source, a tar archive.' }),
  }),
])

export const definitionSchema = z
  .strictObject({
    extends: z.string().optional().meta({
      description:
        'Definition to change: a default (edge, cloud) or the path of a file. Maps are merged, everything else is replaced.',
    }),
    role: z.enum(['edge', 'cloud']).meta({ description: 'Role of the machines that the bundle is for.' }),
    kubeedge: z
      .string()
      .regex(/^v\d+\.\d+\.\d+(?:-[\w.]+)?$/, 'expected a version such as v1.22.0')
      .meta({
        description: 'KubeEdge version, available elsewhere as ${kubeedge}.',
        examples: ['v1.22.0'],
      }),
    architectures: z
      .array(architecture)
      .min(1)
      .meta({ description: 'Architectures to build for, one bundle each.' }),
    broker: reference.meta({ description: 'MQTT broker that systemd runs; must be in images.' }),
    autosaveInterval: z.int().min(1).max(3600).optional().meta({
      description: 'Seconds between two saves of the messages that the broker keeps (default 30).',
    }),
    images: z
      .array(image)
      .min(1)
      .meta({ description: 'Images to import into containerd on the node and to pin there.' }),
    binaries: z.strictObject({ edgecore: source.optional(), keadm: source.optional() }).meta({
      description: 'KubeEdge programs. Edge bundles require edgecore and keadm, cloud bundles keadm.',
    }),
    runtime: z
      .strictObject({
        containerd: source
          .optional()
          .meta({ description: 'tar.gz of a containerd release; its programs go to runtime/bin.' }),
        runc: source.optional().meta({ description: 'The runc program; goes to runtime/bin/runc.' }),
        cniPlugins: source
          .optional()
          .meta({ description: 'tar.gz of CNI plugins; its programs go to runtime/cni.' }),
      })
      .optional()
      .meta({ description: 'Container runtime that edgekit installs on nodes without one.' }),
    files: z
      .array(
        z.strictObject({
          source: z
            .string()
            .min(1)
            .meta({ description: 'Path of a local file, relative to the definition.' }),
          path: z
            .string()
            .regex(
              /^(?!.*\/\.\.?(?:\/|$))files\/(?!\/)[\w./@+-]*[\w@+-]$/,
              'expected a path below files/, made of letters, digits and . _ @ + -',
            )
            .meta({ description: 'Path in the bundle.', examples: ['files/site.yaml'] }),
          mode: z.enum(['0644', '0755']).optional().meta({ description: 'Permissions (default 0644).' }),
        }),
      )
      .optional()
      .meta({ description: 'Local files to include.' }),
    mirrors: z
      .record(z.string(), z.string().regex(/^https?:\/\/\S+$/, 'expected http://… or https://…'))
      .optional()
      .meta({
        description: 'URL to use instead of a registry, by host; --registry-mirror takes precedence.',
        examples: [{ 'docker.io': 'https://mirror.example' }],
      }),
  })
  .meta({
    title: 'edgekit bundle definition',
    description: 'Contents of an offline bundle for KubeEdge. Printed by: edgekit schema',
  })

export type WrittenDefinition = z.infer<typeof definitionSchema>
export type WrittenSource = z.infer<typeof source>

/**
 * JSON Schema (draft 2020-12) of a definition file. A file that extends another can omit any key.
 * https://json-schema.org/draft/2020-12/schema
 */
export function definitionJsonSchema(): object {
  const { required, ...schema } = z.toJSONSchema(definitionSchema, { io: 'input' })
  return { ...schema, anyOf: [{ required: ['extends'] }, { required }] }
}
