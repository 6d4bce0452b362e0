import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLSchema, type OperationDefinitionNode, parse, validate } from 'graphql';
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
  const operations = parse(tab.query).definitions.filter(
    (definition): definition is OperationDefinitionNode => definition.kind === 'OperationDefinition',
  );
  return { ...tab, operations, name: operations[0]?.name?.value };
});

it('are these', () => {
  expect(tabs.map(({ name }) => name)).toEqual([
    'FleetAtAGlance',
    'OneMachineWhole',
    'SalesByPaymentMethod',
    'OrderLifeCycle',
    'LiveEvents',
  ]);
});

describe.each(tabs)('$name', ({ query, variables, operations }) => {
  it('changes nothing with what it runs first', () => {
    expect(operations[0]?.operation).not.toBe('mutation');
  });

  it('is valid against the schema', () => {
    expect(validate(schema, parse(query))).toEqual([]);
  });

  it('has every variable, and fitting', () => {
    const given = JSON.parse(variables ?? '{}') as Record<string, unknown>;
    for (const { variableDefinitions } of operations) {
      expect(getVariableValues(schema, variableDefinitions ?? [], given).errors).toBeUndefined();
    }
  });
});

it('sales are asked for the day before', () => {
  expect(variablesOf('SalesByPaymentMethod')).toEqual({
    machineIds: [],
    from: '2026-01-01T03:04:05.000Z',
    to: '2026-01-02T03:04:05.000Z',
  });
});

it('sales are asked for the machines that are known', () => {
  const { variables } = openingTabs(new Date(), ['a', 'b'])[2]!;
  expect(JSON.parse(variables!)).toMatchObject({ machineIds: ['a', 'b'] });
});

it('an order goes through its life in order, under a key of its own', () => {
  const { operations } = tabs.find(({ name }) => name === 'OrderLifeCycle')!;
  expect(operations.map(({ name }) => name?.value)).toEqual([
    'OrderLifeCycle',
    'CreateOrder',
    'PayOrder',
    'DispenseOrderLine',
    'FollowOrder',
  ]);
  expect(variablesOf('OrderLifeCycle')).toMatchObject({ idempotencyKey: 'order of 2026-01-02T03:04:05.000Z' });
});

function variablesOf(wanted: string): unknown {
  return JSON.parse(tabs.find(({ name }) => name === wanted)!.variables!);
}
