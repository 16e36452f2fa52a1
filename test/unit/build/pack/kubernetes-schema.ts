import { validate as daemonSet } from 'kubernetes-models/_schemas/IoK8sApiAppsV1DaemonSet'
import { validate as configMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap'

interface Validate {
  (data: unknown): boolean
  errors?: { instancePath: string; message?: string; keyword: string; params: unknown }[] | null
}

const schemas: Record<string, Validate> = {
  'v1 ConfigMap': configMap as Validate,
  'apps/v1 DaemonSet': daemonSet as Validate,
}

/**
 * What is wrong with an object by the schema of its kind. The schemas allow keys they do not know, and kubectl does
 * not: so the keys that the validation never asked for are wrong as well.
 */
export function problemsOf(object: { apiVersion: string; kind: string }): string[] {
  const validate = schemas[`${object.apiVersion} ${object.kind}`]
  if (!validate) return [`no schema for ${object.apiVersion} ${object.kind}`]
  const unread = new Set<string>()
  if (validate(watch(object, '', unread))) return [...unread].map(path => `${path} is not in the schema`)
  return (validate.errors ?? []).map(error => JSON.stringify(error))
}

/** The same value, which strikes the path of each of its parts off `unread` when it is asked for. */
function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const inner = new Map<string, unknown>()
  for (const [key, child] of Object.entries(value)) {
    unread.add(`${path}/${key}`)
    inner.set(key, watch(child, `${path}/${key}`, unread))
  }
  return new Proxy(value, {
    get(target, key) {
      if (typeof key !== 'string' || !inner.has(key)) return Reflect.get(target, key)
      unread.delete(`${path}/${key}`)
      return inner.get(key)
    },
  })
}
