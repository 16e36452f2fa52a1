/** Fill in `@NAME@`; a name without a value stays as it is. */
export const fill = (template: string, values: Record<string, string>): string =>
  template.replace(/@([A-Z0-9_]+)@/g, (placeholder, name) => values[name] ?? placeholder)
