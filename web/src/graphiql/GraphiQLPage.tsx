import { explorerPlugin } from '@graphiql/plugin-explorer';
import { HISTORY_PLUGIN } from '@graphiql/plugin-history';
import { GraphiQL } from 'graphiql';
import { useState } from 'react';
import { createFetcher } from './fetcher';
import { openingTabs } from './openingTabs';
import type { SessionHeaders } from './sessionHeaders';
import { ThemeFollower } from './ThemeFollower';
import { TokenKeeper } from './TokenKeeper';
import { tokenFreeStorage } from './tokenFreeStorage';

const PLUGINS = [HISTORY_PLUGIN, explorerPlugin({ showAttribution: false })];

interface Props {
  readonly headers: SessionHeaders;
  /** Machines that the opening tabs ask for. */
  readonly machineIds: readonly string[];
}

export function GraphiQLPage({ headers, machineIds }: Props) {
  const [fetcher] = useState(() => createFetcher(headers.current));
  const [storage] = useState(() => tokenFreeStorage(window.localStorage, headers.current));
  const [tabs] = useState(() => openingTabs(new Date(), machineIds));
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={PLUGINS}
      defaultTabs={tabs}
      defaultHeaders={headers.initial}
      defaultEditorToolsVisibility="headers"
      shouldPersistHeaders={false}
      showPersistHeadersSettings={false}
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>vendgraph</GraphiQL.Logo>
      <TokenKeeper headers={headers} />
      <ThemeFollower />
    </GraphiQL>
  );
}
