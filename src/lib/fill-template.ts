/** Replace each `@NAME@` that has a value; leave the others unchanged. */
export const fill = (template: string, values: Record<string, string>): string =>
  template.replace(/@([A-Z0-9_]+)@/g, (placeholder, name) => values[name] ?? placeholder)
