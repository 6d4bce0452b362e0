/** Request headers, as the header editor's text says them. */
export type RequestHeaders = Record<string, string>;

const WITHOUT_TOKEN = `{
  "Authorization": "Bearer "
}`;

/** What the header editor starts with: the token where there is one, else the place to paste it. */
export function initialHeaders(token: string | null): string {
  return token === null ? WITHOUT_TOKEN : JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
}

/** The header editor's text as headers; null while it is not a JSON object. */
export function parseHeaders(text: string): RequestHeaders | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RequestHeaders) : null;
  } catch {
    return null;
  }
}

/** The value of the Authorization header, however its name is written; null where no token follows the scheme. */
export function authorization(headers: RequestHeaders | null | undefined): string | null {
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (name.toLowerCase() === 'authorization' && /^Bearer\s+\S/i.test(String(value))) {
      return String(value);
    }
  }
  return null;
}
