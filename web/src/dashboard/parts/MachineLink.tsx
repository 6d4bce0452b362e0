/** A machine by its number and name; its page, where it is in the fleet. */
export function MachineLink({ id, number, name }: { readonly id: string | null; readonly number: string; readonly name: string | null }) {
  const called = name === null ? number : `${number} ${name}`;
  return id === null ? <strong>{called}</strong> : <a href={`#/machines/${encodeURIComponent(id)}`}>{called}</a>;
}
