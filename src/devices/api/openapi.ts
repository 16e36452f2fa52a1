import * as z from 'zod'
import { type Route, routes } from './routes.ts'
import * as schemas from './schemas.ts'

/** Answers that every route can have. */
const common: Route['responses'] = {
  400: { description: 'The URL or the body is malformed.', schema: schemas.problem },
  401: { description: 'The token is missing or wrong.', schema: schemas.problem },
  413: { description: 'The body is too large.', schema: schemas.problem },
  422: { description: 'A parameter or the body does not fit.', schema: schemas.problem },
  500: { description: 'An error inside edgekit.', schema: schemas.problem },
}

const named = [
  schemas.controlRequest,
  schemas.command,
  schemas.device,
  schemas.deviceList,
  schemas.health,
  schemas.problem,
]

/** The OpenAPI 3.1 document of the HTTP interface, from the schemas that the service validates with. */
export function openApi(version: string): object {
  return {
    openapi: '3.1.1',
    info: {
      title: 'edgekit devices',
      version,
      description: 'State of devices, and commands to them.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://127.0.0.1:7883' }],
    security: [{ token: [] }],
    paths: Object.fromEntries(
      [...Map.groupBy(routes, ({ path }) => path)].map(([path, group]) => [
        path,
        Object.fromEntries(group.map(route => [route.method.toLowerCase(), operation(route)])),
      ]),
    ),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: Object.fromEntries(named.map(schema => [nameOf(schema), definitionOf(schema)])),
    },
  }
}

function operation({ id, summary, open, path, query = {}, request, responses }: Route): object {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: withoutId(schemas.parameters[name] ?? z.string()),
    })),
    ...Object.entries(query).map(([name, { description, schema }]) => ({
      name,
      in: 'query',
      description,
      schema: withoutId(schema),
    })),
  ]
  return {
    operationId: id,
    summary,
    ...(open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(request && { requestBody: { required: true, content: json(request) } }),
    responses: Object.fromEntries(
      Object.entries({ ...common, ...responses }).map(([status, { description, schema, text }]) => [
        status,
        {
          description,
          ...(schema && { content: json(schema) }),
          ...(text && { content: { 'text/plain': { schema: { type: 'string' } } } }),
        },
      ]),
    ),
  }
}

/** `schema` is one of the named ones. */
const json = (schema: z.ZodType): object => ({
  [schema === schemas.problem ? 'application/problem+json' : 'application/json']: {
    schema: { $ref: referenceTo(nameOf(schema)) },
  },
})

const nameOf = (schema: z.ZodType): string => String(schema.meta()?.['id'])

const referenceTo = (name: string): string => `#/components/schemas/${name}`

/** A named schema; the others in it are references. */
function definitionOf(schema: z.ZodType): unknown {
  const registry = z.registry<{ id: string }>()
  for (const each of named) registry.add(each, { id: nameOf(each) })
  const { schemas: all } = z.toJSONSchema(registry, { uri: referenceTo, io: 'input' })
  const { $id: _id, id: _name, $schema: _dialect, ...definition } = all[nameOf(schema)] ?? {}
  return definition
}

function withoutId(schema: z.ZodType): unknown {
  const { $schema: _dialect, ...definition } = z.toJSONSchema(schema, { io: 'input' })
  return definition
}
