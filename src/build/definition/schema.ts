import * as z from 'zod'
import { messageOf } from '../../lib/errors.ts'
import { parseReference } from '../../oci/reference.ts'

/** The schema of bundle definitions: what `edgekit schema` prints and every definition is checked against. */

const architecture = z.enum(['amd64', 'arm64'])
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits, in lower case')

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
    reference: reference.meta({ description: 'The name the image has on the node.' }),
    source: z
      .string()
      .regex(
        /^(?:oci|oci-archive|docker-archive|docker-daemon):.+$/,
        'expected oci:DIR, oci-archive:FILE, docker-archive:FILE or docker-daemon:REFERENCE',
      )
      .meta({
        description:
          'Where to take it from instead of its registry: oci:DIR, oci-archive:FILE, docker-archive:FILE (docker save) or docker-daemon:REFERENCE.',
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
      'image:REFERENCE#/PATH for a file inside an image, https://… , file:PATH or a path (from the directory of the definition). ${arch} and ${kubeedge} are filled in.',
  })

const source = z.union([
  sourceText,
  z.strictObject({
    source: sourceText,
    sha256: z
      .union([sha256, z.strictObject({ amd64: sha256.optional(), arm64: sha256.optional() })])
      .optional()
      .meta({ description: 'What the source must hash to; one for each architecture when they differ.' }),
    checksums: z
      .string()
      .regex(/^https:\/\/\S+$/, 'expected https://…')
      .optional()
      .meta({
        description:
          'A published list of checksums (SHA256SUMS) that has the source; its content is pinned by edgekit.lock.',
      }),
    member: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'The file to take out of the source, which is a tar or tar.gz.' }),
  }),
])

export const definitionSchema = z
  .strictObject({
    extends: z.string().optional().meta({
      description:
        'The definition this one changes: the name of a default (edge, cloud) or the path of a file. Maps are merged, everything else is replaced.',
    }),
    role: z.enum(['edge', 'cloud']).meta({ description: 'What the bundle makes of a machine.' }),
    kubeedge: z
      .string()
      .regex(/^v\d+\.\d+\.\d+(?:-[\w.]+)?$/, 'expected a version such as v1.22.0')
      .meta({
        description: 'KubeEdge version; ${kubeedge} elsewhere stands for it.',
        examples: ['v1.22.0'],
      }),
    architectures: z
      .array(architecture)
      .min(1)
      .meta({ description: 'Architectures the bundle is made for, one bundle each.' }),
    broker: reference.meta({ description: 'The MQTT broker that systemd runs; one of the images.' }),
    images: z
      .array(image)
      .min(1)
      .meta({ description: 'Images that are imported into containerd on the node and kept there.' }),
    binaries: z
      .strictObject({ edgecore: source.optional(), keadm: source.optional() })
      .meta({ description: 'Programs of KubeEdge. An edge bundle needs edgecore and keadm.' }),
    runtime: z
      .strictObject({
        containerd: source
          .optional()
          .meta({ description: 'tar.gz of a containerd release; its programs are carried in runtime/bin.' }),
        runc: source.optional().meta({ description: 'The runc program, carried as runtime/bin/runc.' }),
        cniPlugins: source
          .optional()
          .meta({ description: 'tar.gz of CNI plugins; its programs are carried in runtime/cni.' }),
      })
      .optional()
      .meta({ description: 'A container runtime; edgekit installs it on nodes that have none.' }),
    files: z
      .array(
        z.strictObject({
          source: z
            .string()
            .min(1)
            .meta({ description: 'Path of a local file, from the directory of the definition.' }),
          path: z
            .string()
            .regex(
              /^(?!.*\/\.\.?(?:\/|$))files\/(?!\/)[\w./@+-]*[\w@+-]$/,
              'expected a path below files/, of letters, digits and . _ @ + -',
            )
            .meta({ description: 'Where it lies in the bundle.', examples: ['files/site.yaml'] }),
          mode: z.enum(['0644', '0755']).optional().meta({ description: 'Permissions; default 0644.' }),
        }),
      )
      .optional()
      .meta({ description: 'Local files that are carried along.' }),
    mirrors: z
      .record(z.string(), z.string().regex(/^https?:\/\/\S+$/, 'expected http://… or https://…'))
      .optional()
      .meta({
        description: 'Registry host -> URL that is asked instead; --registry-mirror goes before it.',
        examples: [{ 'docker.io': 'https://mirror.example' }],
      }),
  })
  .meta({
    title: 'edgekit bundle definition',
    description: 'What goes into an offline bundle for KubeEdge. Printed by: edgekit schema',
  })

export type WrittenDefinition = z.infer<typeof definitionSchema>
export type WrittenSource = z.infer<typeof source>

/**
 * JSON Schema (draft 2020-12) of a definition file. A file that extends another may leave out what that one has.
 * https://json-schema.org/draft/2020-12/schema
 */
export function definitionJsonSchema(): object {
  const { required, ...schema } = z.toJSONSchema(definitionSchema, { io: 'input' })
  return { ...schema, anyOf: [{ required: ['extends'] }, { required }] }
}
