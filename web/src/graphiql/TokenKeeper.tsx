import { pick, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';
import type { SessionHeaders } from './sessionHeaders';

/** A pasted token counts for every tab, and the schema is read as soon as there is one. */
export function TokenKeeper({ headers }: { headers: SessionHeaders }) {
  const { headerEditor, activeTabIndex, schema } = useGraphiQL(pick('headerEditor', 'activeTabIndex', 'schema'));
  const { introspect } = useGraphiQLActions();

  useEffect(() => {
    if (headerEditor?.getValue() === headers.initial && headers.current() !== headers.initial) {
      headerEditor.setValue(headers.current());
    }
  }, [headerEditor, activeTabIndex, headers]);

  useEffect(() => {
    let pause: ReturnType<typeof setTimeout> | undefined;
    const listening = headerEditor?.onDidChangeModelContent(() => {
      clearTimeout(pause);
      if (headers.keep(headerEditor.getValue()) && !schema) {
        pause = setTimeout(() => void introspect(), 400);
      }
    });
    return () => {
      clearTimeout(pause);
      listening?.dispose();
    };
  }, [headerEditor, headers, introspect, schema]);

  return null;
}
