/** An error that GraphiQL shows as its message alone: it prints a stack where there is one. */
export function messageError(message: string): Error {
  const error = new Error(message);
  delete error.stack;
  return error;
}
