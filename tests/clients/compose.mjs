// Composes the subgraph that comes on stdin with another one, which adds to our entities and refers to them, and prints the
// supergraph's SDL. Run by tests/schema.rs.

import { text } from 'node:stream/consumers';

import { compositionHasErrors, composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

const campaigns = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.5", import: ["@key", "@shareable"])

  type Query {
    campaigns(first: Int): CampaignConnection!
  }

  type CampaignConnection {
    nodes: [Campaign!]!
    pageInfo: PageInfo!
  }

  type Campaign @key(fields: "id") {
    id: ID!
    machines: [Machine!]!
    goods: [Product!]!
    order: Order
  }

  type Machine @key(fields: "id") {
    id: ID!
    campaign: Campaign
  }

  type Product @key(fields: "id", resolvable: false) {
    id: ID!
  }

  type Order @key(fields: "id", resolvable: false) {
    id: ID!
  }

  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
`;

const result = composeServices([
  { name: 'vendgraph', url: 'http://127.0.0.1:8080/graphql', typeDefs: parse(await text(process.stdin)) },
  { name: 'campaigns', url: 'http://127.0.0.1:8081/graphql', typeDefs: parse(campaigns) },
]);
if (compositionHasErrors(result)) {
  for (const { message } of result.errors) console.error(message);
  process.exit(1);
}
console.log(result.supergraphSdl);
