/** The address of a machine's page. */
export function machinePath(id: string): string {
  return `#/machines/${encodeURIComponent(id)}`;
}
