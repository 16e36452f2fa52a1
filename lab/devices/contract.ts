import { Ajv2020 } from 'ajv/dist/2020.js'
import { openApi } from '../../src/devices/api/openapi.ts'

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: { $ref?: string } }> }>
}

const document = openApi('0.0.0') as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}
const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } })
ajv.addSchema({ $id: 'openapi', components: document.components })

/** Throws unless the OpenAPI document has this response. Does not look at what it has no operation for. */
export function checkResponse(method: string, path: string, { status, type, text }: Answer): void {
  const operation = Object.entries(document.paths).find(([template]) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path.split('?')[0] ?? ''),
  )?.[1][method.toLowerCase()]
  if (operation === undefined) return
  const response = operation.responses[status]
  if (response === undefined) throw new Error(`${method} ${path} answers ${status}, which is not documented`)
  const content = Object.entries(response.content ?? {})[0]
  if (content === undefined) {
    if (text !== '') throw new Error(`${method} ${path} answers ${status} with a body`)
    return
  }
  const [mediaType, { schema }] = content
  if (!type.startsWith(mediaType))
    throw new Error(`${method} ${path} answers ${type} instead of ${mediaType}`)
  if (schema.$ref === undefined) return
  const reference = `openapi${schema.$ref}`
  if (!ajv.validate({ $ref: reference }, JSON.parse(text)))
    throw new Error(`${method} ${path} answers ${text}, but ${ajv.errorsText()}`)
}

interface Answer {
  status: number
  type: string
  text: string
}
