import { stringifyDocument } from 'urql';
import { createClient } from 'graphql-ws';
import { LogDocument, LogStartDocument, type LogStartQuery, type LogSubscription } from '../../generated/graphql';
import { failureOf, type Failure } from '../api/failure';
import type { LogEvent } from './model';

/** Why a connection is over. */
export type End =
  /** Nobody knows; to be tried again. */
  | { readonly kind: 'lost' }
  /** The gateway does not take the token (any more). */
  | { readonly kind: 'unauthorized' }
  /** The gateway refused the subscription, and would again. */
  | { readonly kind: 'refused'; readonly failure: Failure };

export interface TransportSink {
  /** The subscription stands: what happened after this cursor is told (null: from now on, the log was empty). */
  opened(cursor: string | null): void;
  event(event: LogEvent): void;
  /** Once, and nothing after it. */
  ended(end: End): void;
}

/** Opens one connection that tells what happened after a cursor (null: the log's end). Returns how to close it. */
export type Transport = (after: string | null, sink: TransportSink) => () => void;

const PING_EVERY = 10_000;
const PONG_WITHIN = 5_000;

/** The log over graphql-transport-ws, in a connection of its own. It tries nothing again: `followLog` does. */
export function webSocketTransport(url: string, token: string): Transport {
  return (after, sink) => {
    let over = false;
    let pongDue: ReturnType<typeof setTimeout> | undefined;

    function end(reason: End) {
      if (over) return;
      over = true;
      clearTimeout(pongDue);
      sink.ended(reason);
      client.terminate();
    }

    const client = createClient({
      url,
      connectionParams: { authorization: `Bearer ${token}` },
      lazy: true,
      retryAttempts: 0,
      keepAlive: PING_EVERY,
      on: {
        // A connection that died without a word is noticed by the pong that does not come.
        ping: (received) => {
          if (!received) pongDue = setTimeout(() => client.terminate(), PONG_WITHIN);
        },
        pong: (received) => {
          if (received) clearTimeout(pongDue);
        },
      },
    });

    function follow(cursor: string | null) {
      client.subscribe<LogSubscription>(
        { query: stringifyDocument(LogDocument), variables: { after: cursor } },
        {
          next: ({ data, errors }) => {
            // Fields that the token may not see are null and named in `errors`: the event is told all the same.
            if (data?.events) sink.event(data.events);
            else if (errors?.[0]) end({ kind: 'refused', failure: failureOf(errors) });
          },
          error: (error) => end(endOf(error)),
          complete: () => end({ kind: 'lost' }),
        },
      );
      // The protocol does not acknowledge a subscription. A question asked after it on the same socket is answered
      // after it was taken.
      client.subscribe(
        { query: '{ __typename }' },
        { next: () => over || sink.opened(cursor), error: () => undefined, complete: () => undefined },
      );
    }

    /** A page that has no place in the log yet takes one before all else: from there on it can go on, whatever breaks. */
    function start() {
      client.subscribe<LogStartQuery>(
        { query: stringifyDocument(LogStartDocument) },
        {
          next: ({ data, errors }) => {
            if (over) return;
            if (data && !errors) follow(data.eventCursor);
            else end(endOf(errors));
          },
          error: (error) => end(endOf(error)),
          complete: () => undefined,
        },
      );
    }

    if (after === null) start();
    else follow(after);

    return () => {
      over = true;
      clearTimeout(pongDue);
      client.terminate();
    };
  };
}

/** What graphql-ws throws: the socket's close event, or the errors of the operation. */
export function endOf(error: unknown): End {
  if (isClose(error)) return error.code === 4401 || error.code === 4403 ? { kind: 'unauthorized' } : { kind: 'lost' };
  if (!Array.isArray(error)) return { kind: 'lost' };
  const [first] = error as { message: string; extensions?: { code?: unknown } }[];
  const code = first?.extensions?.code;
  if (code === 'UNAUTHENTICATED') return { kind: 'unauthorized' };
  return code === 'OVERLOADED' || code === 'INTERNAL'
    ? { kind: 'lost' }
    : { kind: 'refused', failure: failureOf(error) };
}

function isClose(error: unknown): error is { code: number } {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'number';
}
