import { expect, it } from 'vitest';
import { webSocketUrl } from './endpoint';

it.each([
  ['http://127.0.0.1:8080/graphiql', 'ws://127.0.0.1:8080/graphql'],
  ['https://vending.example.com/graphiql?x=1#y', 'wss://vending.example.com/graphql'],
])('from %s reaches %s', (href, expected) => {
  expect(webSocketUrl({ href })).toBe(expected);
});
