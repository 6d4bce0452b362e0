import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema, parse, validate } from 'graphql';
import { getVariableValues } from 'graphql/execution/values';
import { beforeAll, describe, expect, it } from 'vitest';
import { openingTabs } from './openingTabs';

// Printed by `vendgraph schema` and kept at the repository's root; these tests fail without it.
const SCHEMA = new URL('../../../schema.graphql', import.meta.url);

let schema: GraphQLSchema;
beforeAll(() => {
  schema = buildSchema(readFileSync(SCHEMA, 'utf8'));
});

const tabs = openingTabs(new Date('2026-01-02T03:04:05.000Z')).map((tab) => {
  const [operation] = parse(tab.query).definitions;
  if (operation?.kind !== 'OperationDefinition') throw new Error(`not an operation first: ${tab.query}`);
  return { ...tab, operation, name: operation.name?.value };
});

it('are these', () => {
  expect(tabs.map(({ name }) => name)).toEqual(['FleetAtAGlance', 'OneMachineWhole', 'SalesByPaymentMethod']);
});

describe.each(tabs)('$name', ({ query, variables, operation }) => {
  it('only reads', () => {
    expect(operation.operation).toBe('query');
  });

  it('is valid against the schema', () => {
    expect(validate(schema, parse(query))).toEqual([]);
  });

  it('has variables that fit', () => {
    const given = JSON.parse(variables ?? '{}') as Record<string, unknown>;
    expect(getVariableValues(schema, operation.variableDefinitions ?? [], given).errors).toBeUndefined();
  });
});

it('sales are asked for the day before', () => {
  const { variables } = openingTabs(new Date('2026-01-02T03:04:05.000Z'))[2]!;
  expect(JSON.parse(variables!)).toEqual({
    machineIds: [],
    from: '2026-01-01T03:04:05.000Z',
    to: '2026-01-02T03:04:05.000Z',
  });
});
